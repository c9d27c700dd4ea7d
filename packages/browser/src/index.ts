export type { Auth, LoginOptions, ResourceTokens } from './auth.ts'
export { type AuthOptions, createAuth } from './create-auth.ts'
export { diagnose } from './diagnose.ts'
export type { AuthEvent } from './events.ts'
export type { Report } from './explain.ts'
export { memoryTokens } from './stores/memory-tokens.ts'
export type { TokenStore, TokenStoreSurroundings } from './stores/token-store.ts'
export { iframe, type IframeOptions } from './user-agents/iframe.ts'
export { popup, type PopupOptions } from './user-agents/popup.ts'
export { withSilentRestore } from './with-silent-restore.ts'
export {
  type AuthenticatedSession,
  type AuthorizationOptions,
  type Clock,
  ConciergeError,
  type ErrorCode,
  type Fetch,
  type FinishedLogin,
  type Http,
  type IdTokenClaims,
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
  type UserAgent,
  type UserInfo,
  type Visit,
} from '@oauth-concierge/core'
