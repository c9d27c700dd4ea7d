import type { ServerContext } from '../context.ts'
import type { User, UserProvider } from '../settings.ts'

/**
 * The one of these users with this name, or the first one.
 *
 * @throws TypeError when there is no such user
 */
export function findTestUser(users: readonly User[], username: string | undefined): User {
  const user = username === undefined ? users[0] : users.find((one) => one.username === username)
  if (!user) throw new TypeError(`there is no user ${username ?? 'at all'}`)
  return user
}

/**
 * The users that can log in at this client; without a client, or with a wrong one, those of the first provider.
 *
 * @throws TypeError when the server has no users
 */
export function findProvider(
  { settings: { clients, userProviders } }: ServerContext,
  clientId: string | undefined,
): UserProvider {
  const provider = clients.get(clientId ?? '')?.userProvider ?? [...userProviders.values()][0]
  if (!provider) throw new TypeError('there are no users at all')
  return provider
}
