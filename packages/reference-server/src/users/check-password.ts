import type { User, UserProvider } from '../settings.ts'
import { equalSecrets } from '../state/secrets.ts'

/** What this user types as name at this provider. */
export function loginNameOf({ usernameColumn }: UserProvider, user: User): string {
  return usernameColumn === 'username' ? user.username : String(user.claims[usernameColumn] ?? '')
}

/** The user whom this name means at this provider, by whatever column the provider maps names to. */
export function findUser(provider: UserProvider, username: string): User | undefined {
  if (username === '') return undefined
  return provider.users.find((user) => loginNameOf(provider, user) === username)
}

/** The user with this name and password; undefined where either is wrong. */
export async function checkPassword(
  provider: UserProvider,
  username: string,
  password: string,
): Promise<User | undefined> {
  const user = findUser(provider, username)
  const isRight = await equalSecrets(password, user?.password ?? '')
  return user && isRight ? user : undefined
}
