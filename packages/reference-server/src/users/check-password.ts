import type { Settings, User } from '../settings.ts'
import { equalSecrets } from '../state/secrets.ts'

/** The user with this name and password; undefined where either is wrong. */
export async function checkPassword(
  settings: Settings,
  username: string,
  password: string,
): Promise<User | undefined> {
  const user = settings.users.get(username)
  const isRight = await equalSecrets(password, user?.password ?? '')
  return user && isRight ? user : undefined
}
