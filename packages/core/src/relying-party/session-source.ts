import type { Session } from '../session/session-state.ts'
import type { Fetch } from './authorized-fetch.ts'
import type { FinishedLogin } from './callback.ts'
import type { LoginOptions } from './login.ts'
import type { LogoutOptions } from './logout.ts'

/** A session and all that an application does with it: what every kind of client of this SDK is, and all that a binding or a test needs. */
export interface SessionSource {
  /** The session now. Immutable; compare by identity. */
  readonly session: Session
  /** Calls `listener` after each change of `session`; gives the way to stop it. */
  subscribe(listener: () => void): () => void
  /** Finishes a login if the user is just coming back from one, else restores the session. Safe to call more than once. */
  start(): Promise<FinishedLogin>
  login(options?: LoginOptions): Promise<void>
  /** Like the global fetch, with the session's credential, for declared APIs. */
  readonly fetch: Fetch
  logout(options?: LogoutOptions): Promise<void>
}
