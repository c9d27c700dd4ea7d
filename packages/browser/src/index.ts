export type { Auth, LoginOptions } from './auth.ts'
export type { ResourceTokens } from './engine.ts'
export { type AuthOptions, createAuth } from './create-auth.ts'
export { diagnose } from './diagnose.ts'
export type { AuthEvent } from './events.ts'
export type { Report } from './explain.ts'
export { createEncryptedStore } from './stores/encrypted-store.ts'
export { encryptedTokens } from './stores/encrypted-tokens.ts'
export type { DatabaseOptions, PurgeableStore } from './stores/entry-store.ts'
export { createIndexedDbKeyStore } from './stores/indexed-db-key-store.ts'
export { createIndexedDbStore } from './stores/indexed-db-store.ts'
export { memoryTokens } from './stores/memory-tokens.ts'
export { sessionTokens } from './stores/session-tokens.ts'
export type { TokenStore, TokenStoreSurroundings } from './stores/token-store.ts'
export { unsafeLocalTokens } from './stores/unsafe-local-tokens.ts'
export { type FallbackOptions, withFallback } from './stores/with-fallback.ts'
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
