import type { Settings, User } from '../settings.ts'

/** The user whom a hint names: by username, subject or e-mail address. */
export function findUserByHint({ users }: Settings, hint: string): User | undefined {
  const byName = users.get(hint)
  if (byName) return byName
  return [...users.values()].find(({ subject, claims }) => subject === hint || claims['email'] === hint)
}
