import type { EpochSeconds, IdTokenClaims } from '@oauth-concierge/core'

/** What the store has of a session. */
export interface SessionData {
  /** What the session machine remembers; its own affair. */
  readonly tokens: unknown
  readonly endsAt: EpochSeconds
  /** What a logout must bring along. */
  readonly logoutNonce: string
  /** Whose session it is; undefined where no ID token says so. */
  readonly subject?: string
  /** By which names the authorization server may end it. */
  readonly indexes: readonly string[]
}

/** What a store gave back, if it is session data; a store may hold anything. */
export function readSessionData(value: unknown): SessionData | undefined {
  const { tokens, endsAt, logoutNonce, indexes } = Object(value) as Partial<SessionData>
  const holds = Object(tokens) === tokens && typeof endsAt === 'number' && typeof logoutNonce === 'string'
  return holds && Array.isArray(indexes) ? (value as SessionData) : undefined
}

/** Whom a logout at the authorization server is about. */
export interface LogoutSubject {
  readonly sub?: string | undefined
  readonly sid?: string | undefined
}

/** The one index that covers exactly the sessions of this subject: both names, where there are both. */
export function indexOf({ sub, sid }: LogoutSubject): string {
  return JSON.stringify([sub ?? null, sid ?? null])
}

/** Every index by which a session with these claims is found. */
export function indexesOf(claims: Pick<IdTokenClaims, 'sub' | 'sid'> | undefined): readonly string[] {
  if (!claims) return []
  const { sub, sid } = claims
  return sid === undefined ? [indexOf({ sub })] : [indexOf({ sub }), indexOf({ sid }), indexOf({ sub, sid })]
}
