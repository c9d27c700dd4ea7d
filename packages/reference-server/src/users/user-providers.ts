import { type Guard, webGuard } from '../guards.ts'
import type { ReferenceServerOptions, UserOptions, UserProviderOptions } from '../options.ts'

/** A user with every default filled in. */
export interface User {
  readonly username: string
  readonly password: string
  readonly subject: string
  /** A dialect with account management changes them. */
  readonly claims: Record<string, unknown>
}

/** A table of users. */
export interface UserProvider {
  readonly name: string
  readonly users: readonly User[]
  /** `username`, or the name of a claim. */
  readonly usernameColumn: string
  readonly usernameLabel: string
  readonly guard: Guard
}

const demoUser: UserOptions = {
  username: 'ada',
  password: 'password',
  claims: {
    name: 'Ada Example',
    given_name: 'Ada',
    family_name: 'Example',
    email: 'ada@example.com',
    email_verified: true,
  },
}

function buildUser(user: UserOptions): User {
  const subject = user.claims?.['sub'] ?? user.username
  if (typeof subject !== 'string') throw new TypeError(`user ${user.username}: claims.sub must be a string`)
  return {
    username: user.username,
    password: user.password,
    subject,
    claims: { ...user.claims, sub: subject },
  }
}

function buildUserProvider(
  name: string,
  provider: UserProviderOptions,
  guards: readonly Guard[],
): UserProvider {
  const { users, usernameColumn = 'username', usernameLabel = 'Username' } = provider
  const guard =
    provider.guard === undefined ? (guards[0] ?? webGuard) : guards.find((one) => one.name === provider.guard)
  if (!guard) throw new TypeError(`user provider ${name}: there is no guard ${provider.guard}`)
  return { name, users: users.map(buildUser), usernameColumn, usernameLabel, guard }
}

/** The people given in place of a table's own log in by their usernames, at its guard. */
function withUsers(table: UserProviderOptions, users: readonly UserOptions[]): UserProviderOptions {
  return { users, ...(table.guard !== undefined && { guard: table.guard }) }
}

/**
 * The tables of users, by name.
 *
 * @throws TypeError when a table names an unknown guard, or a user contradicts itself
 */
export function buildUserProviders(
  { users, userProviders }: Pick<ReferenceServerOptions, 'users' | 'userProviders'>,
  guards: readonly Guard[],
): ReadonlyMap<string, UserProvider> {
  const tables = Object.entries(userProviders ?? { users: { users: users ?? [demoUser] } })
  const built = tables.map(([name, table], index) => {
    const provider = index === 0 && users !== undefined ? withUsers(table, users) : table
    return [name, buildUserProvider(name, provider, guards)] as const
  })
  return new Map(built)
}

/** All users by username. Where two tables hold the same one, the first counts. */
export function usersByName(providers: ReadonlyMap<string, UserProvider>): ReadonlyMap<string, User> {
  const users = [...providers.values()].flatMap((provider) => provider.users)
  return new Map(users.toReversed().map((user) => [user.username, user]))
}
