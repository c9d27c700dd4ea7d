import type { EpochSeconds } from '../ports/clock.ts'
import type { AuthorizationDetail } from '../protocol/authorization-request.ts'
import type { IdTokenClaims } from '../protocol/id-token.ts'

/** Who is logged in, as an immutable value. It holds no token. */
export type Session =
  | RestoringSession
  | { readonly status: 'anonymous' }
  | AuthenticatedSession
  | { readonly status: 'expired'; readonly claims: IdTokenClaims | undefined }

interface RestoringSession {
  readonly status: 'restoring'
}

/** A session in force. */
export interface AuthenticatedSession {
  readonly status: 'authenticated'
  /** Claims of the verified ID token; undefined where none was asked for. */
  readonly claims: IdTokenClaims | undefined
  /** The scope as granted. */
  readonly scope: readonly string[]
  /** What the user allowed in detail (RFC 9396); undefined where the server does not say. */
  readonly authorizationDetails: readonly AuthorizationDetail[] | undefined
  /** When the access token at hand ends, not the session; undefined where the server does not say. */
  readonly accessTokenExpiresAt: EpochSeconds | undefined
}

/** Holds the one current snapshot. `Snapshot` is what a client shows that knows more of its session than any does. */
export interface SessionState<Snapshot extends Session = Session> {
  get(): Snapshot | RestoringSession
  /** Freezes the snapshot and shows it. */
  set(session: Snapshot): void
  /** Calls `listener` after each change; gives the way to stop it. */
  subscribe(listener: () => void): () => void
}

/** Starts in `restoring`. A listener that throws does not keep the others from being called. */
export function createSessionState<Snapshot extends Session = Session>(): SessionState<Snapshot> {
  let current: Snapshot | RestoringSession = Object.freeze({ status: 'restoring' })
  const listeners = new Set<() => void>()
  return {
    get: () => current,
    set: (session) => {
      current = Object.freeze(session)
      for (const listener of listeners) {
        try {
          listener()
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
