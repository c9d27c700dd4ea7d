import type { ServerContext } from '../context.ts'
import type { User } from '../settings.ts'

/**
 * The user with this name, or the first one.
 *
 * @throws TypeError when there is no such user
 */
export function findTestUser({ settings: { users } }: ServerContext, username: string | undefined): User {
  const user = username === undefined ? [...users.values()][0] : users.get(username)
  if (!user) throw new TypeError(`there is no user ${username ?? 'at all'}`)
  return user
}
