import type { AuthenticatedSession, EpochSeconds, Session } from '@oauth-concierge/core'

/** The session at a BFF, as an immutable value: what every kind of client shows, and when it ends. */
export type BffSession = Exclude<Session, AuthenticatedSession> | BffAuthenticatedSession

/** A session in force at a BFF. `accessTokenExpiresAt` is always undefined: no page has an access token. */
export interface BffAuthenticatedSession extends AuthenticatedSession {
  /** When the session itself ends, as the BFF says; undefined where it does not say. */
  readonly expiresAt: EpochSeconds | undefined
}
