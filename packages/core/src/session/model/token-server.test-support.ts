import { ServerError } from '../../errors.ts'

/** How the model's server treats a refresh token that was spent. */
export type Rotation = 'strict' | 'grace'

interface Family {
  readonly user: string
  isRevoked: boolean
  current: number
  /** Spent tokens that were honoured once more. */
  readonly forgiven: Set<number>
}

/** A token endpoint with a memory and nothing else. */
export interface TokenServer {
  /** A login: tokens of a new family. */
  login(user: string): { readonly accessToken: string; readonly refreshToken: string }
  /** Commits a refresh; throws what the endpoint would answer. */
  refresh(refreshToken: string): { readonly accessToken: string; readonly refreshToken: string }
  revoke(refreshToken: string): void
  readonly reuses: number
  isAlive(refreshToken: string): boolean
}

export function createTokenServer(rotation: Rotation): TokenServer {
  const families: Family[] = []
  let reuses = 0
  let issued = 0
  const issue = (id: number, family: Family) => {
    issued += 1
    return { accessToken: `at:${family.user}:${issued}`, refreshToken: `rt:${id}:${family.current}` }
  }
  const read = (refreshToken: string): { id: number; family: Family; serial: number } => {
    const [, id, serial] = refreshToken.split(':').map(Number)
    const family = families[id ?? -1]
    if (!family || serial === undefined) throw invalidGrant()
    return { id: id ?? 0, family, serial }
  }
  return {
    login: (user) => {
      const family = { user, isRevoked: false, current: 0, forgiven: new Set<number>() }
      families.push(family)
      return issue(families.length - 1, family)
    },
    refresh: (refreshToken) => {
      const { id, family, serial } = read(refreshToken)
      if (family.isRevoked) throw invalidGrant()
      if (serial !== family.current) {
        reuses += 1
        const isForgiven =
          rotation === 'grace' && serial === family.current - 1 && !family.forgiven.has(serial)
        if (!isForgiven) {
          family.isRevoked = true
          throw invalidGrant()
        }
        family.forgiven.add(serial)
        return issue(id, family)
      }
      family.current += 1
      return issue(id, family)
    },
    revoke: (refreshToken) => {
      read(refreshToken).family.isRevoked = true
    },
    get reuses() {
      return reuses
    },
    isAlive: (refreshToken) => !read(refreshToken).family.isRevoked,
  }
}

function invalidGrant(): ServerError {
  return new ServerError('request_refused', 'invalid_grant', { error: 'invalid_grant' })
}
