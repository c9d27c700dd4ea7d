export { createMobileAuth, type MobileAuth } from './create-mobile-auth.ts'
export type { MobileAuthOptions } from './options.ts'
export type { AgentOptions, AgentResult, Shell, Stop, TextStorage } from './shell.ts'
export {
  type AuthenticatedSession,
  type AuthorizationOptions,
  ConciergeError,
  type ErrorCode,
  type Fetch,
  type FinishedLogin,
  type Http,
  type IdTokenClaims,
  type LoginOptions,
  type LogoutOptions,
  ProtocolError,
  type Runtime,
  ServerError,
  type Session,
  SessionError,
  type SessionSource,
  StorageError,
  TransportError,
  UsageError,
  type UserInfo,
} from '@oauth-concierge/core'
