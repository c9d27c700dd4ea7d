export { type BffAuth, type BffAuthOptions, createBffAuth } from './bff/create-bff-auth.ts'
export type { BffAuthenticatedSession, BffSession } from './bff/bff-session.ts'
export type { BffLoginOptions } from './bff/login-query.ts'
export {
  type AuthenticatedSession,
  type Clock,
  ConciergeError,
  type ErrorCode,
  type Fetch,
  type FinishedLogin,
  type Http,
  type IdTokenClaims,
  type LoginOptions,
  type LogoutOptions,
  type Runtime,
  type Session,
  SessionError,
  type SessionSource,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'
