export {
  ConciergeError,
  type ErrorCode,
  type ErrorCodes,
  type ErrorDetails,
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from './errors.ts'
export type { Clock, EpochMilliseconds, EpochSeconds, Milliseconds, Seconds } from './ports/clock.ts'
export type { Http } from './ports/http.ts'
export type { KeyValueStore, StoredValue } from './ports/key-value-store.ts'
export { createInProcessLock, type Lock } from './ports/lock.ts'
export { createMemoryStore } from './ports/memory-store.ts'
export type { Runtime } from './ports/runtime.ts'
export type { UserAgent } from './ports/user-agent.ts'
export type { ClientAuthentication } from './protocol/client.ts'
export { publicClient } from './protocol/client-authentication.ts'
export type { AuthorizationOptions } from './protocol/authorization-request.ts'
export { isAuthorizationResponse } from './protocol/authorization-response.ts'
export type { EndSessionRequest } from './protocol/end-session.ts'
export type { IdTokenClaims } from './protocol/id-token.ts'
export type { UserInfo } from './protocol/user-info.ts'
export type { Fetch } from './relying-party/authorized-fetch.ts'
export type { FinishedLogin } from './relying-party/callback.ts'
export {
  createRelyingParty,
  type RelyingParty,
  type RelyingPartyOptions,
  type ResourceAccess,
} from './relying-party/create-relying-party.ts'
export type { LoginOptions, StartedLogin } from './relying-party/login.ts'
export type { LogoutOptions } from './relying-party/logout.ts'
export { checkReturnTo, readReturnTo } from './relying-party/return-to.ts'
export type { SessionSource } from './relying-party/session-source.ts'
export type { AuthenticatedSession, Session } from './session/session-state.ts'
