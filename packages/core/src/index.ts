export { errorFromData } from './error-data.ts'
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
export { type Channel, createInProcessChannels, type OpenChannel } from './ports/channel.ts'
export type { Clock, EpochMilliseconds, EpochSeconds, Milliseconds, Seconds } from './ports/clock.ts'
export { boundedRequest, type RequestLimits, withWholeText } from './ports/bounded-request.ts'
export { completeRuntime } from './ports/default-runtime.ts'
export type { Http } from './ports/http.ts'
export type { KeyValueStore, StoredValue } from './ports/key-value-store.ts'
export { createMemoryKeyStore, type KeyStore } from './ports/key-store.ts'
export { createInProcessLock, type Lock } from './ports/lock.ts'
export { createMemoryStore } from './ports/memory-store.ts'
export { readTextWithin } from './ports/read-text-within.ts'
export type { Runtime } from './ports/runtime.ts'
export { untilAborted } from './ports/until-aborted.ts'
export { type Signer, signerFromKey } from './ports/signer.ts'
export type { UserAgent, Visit } from './ports/user-agent.ts'
export type { AuthorizationExtension } from './protocol/authorization-extension.ts'
export { type Client, type ClientAuthentication, isSecureUrl, type ServerHabits } from './protocol/client.ts'
export { publicClient } from './protocol/client-authentication.ts'
export { decodeBase64Url, encodeBase64Url, isCanonicalBase64Url } from './protocol/base64url.ts'
export {
  type BackchannelAuthentication,
  type BackchannelAuthenticationOptions,
  requestBackchannelAuthentication,
} from './protocol/backchannel-authentication.ts'
export { type ClientCredentialsOptions, requestClientCredentials } from './protocol/client-credentials.ts'
export {
  type DeviceAuthorization,
  type DeviceAuthorizationOptions,
  requestDeviceAuthorization,
} from './protocol/device-authorization.ts'
export { type JwtBearerOptions, requestJwtBearer } from './protocol/jwt-bearer.ts'
export type { PollingTerms } from './protocol/login-request.ts'
export {
  type DeadRefreshTokenSign,
  serverHabits,
  type ServerHabitsOptions,
} from './protocol/server-habits.ts'
export type { TokenClient } from './protocol/token-client.ts'
export {
  type ExchangedToken,
  exchangeToken,
  type TokenExchange,
  tokenTypes,
} from './protocol/token-exchange.ts'
export type { TokenResponse } from './protocol/token-request.ts'
export type { ClientOptions } from './relying-party/client-options.ts'
export { createTokenClient, type TokenClientOptions } from './relying-party/create-token-client.ts'
export { pollBackchannelToken, pollDeviceToken, type PollingOptions } from './relying-party/poll-token.ts'
export {
  type ClientMetadata,
  registerClient,
  type RegisteredClient,
  type RegistrationOptions,
} from './protocol/client-registration.ts'
export { clientSecretBasic, clientSecretBasicRaw, clientSecretPost } from './protocol/client-secret.ts'
export { clientSecretJwt } from './protocol/client-secret-jwt.ts'
export type { AuthorizationDetail, AuthorizationOptions } from './protocol/authorization-request.ts'
export { isAuthorizationResponse } from './protocol/is-authorization-response.ts'
export { dpop, type DpopOptions } from './protocol/dpop.ts'
export type { EndSessionRequest } from './protocol/end-session.ts'
export { readFormPost } from './protocol/form-post.ts'
export type { IdTokenClaims } from './protocol/id-token.ts'
export { type Introspection, requestIntrospection } from './protocol/introspection.ts'
export { jwtResponse, type JwtResponseMode } from './protocol/jwt-response.ts'
export type { PublicJwk } from './protocol/jwk-policy.ts'
export type { JwsHeader, KeySet } from './protocol/key-set.ts'
export { mutualTls } from './protocol/mutual-tls.ts'
export { privateKeyJwt } from './protocol/private-key-jwt.ts'
export { requirePkce } from './protocol/require-pkce.ts'
export { pushedAuthorization } from './protocol/pushed-authorization.ts'
export { requestResourceMetadata, type ResourceMetadata } from './protocol/resource-metadata.ts'
export type { ServerMetadata } from './protocol/server-metadata.ts'
export { signedRequest } from './protocol/signed-request.ts'
export type {
  ApiCall,
  AuthorizationServerCall,
  SenderConstraint,
  SenderConstraintFactory,
} from './protocol/sender-constraint.ts'
export { type Challenge, readChallenges } from './protocol/www-authenticate.ts'
export { signJwt } from './protocol/sign-jwt.ts'
export type { UserInfo } from './protocol/user-info.ts'
export type { ServerOptions } from './relying-party/context.ts'
export { type Caller, createAuthorizedFetch, type Fetch } from './relying-party/authorized-fetch.ts'
export type { ChallengedCall, ChallengeHandler } from './relying-party/challenge-handler.ts'
export type { FinishedLogin } from './relying-party/callback.ts'
export {
  createRelyingParty,
  type RelyingParty,
  type RelyingPartyOptions,
  type ResourceAccess,
} from './relying-party/create-relying-party.ts'
export type { LoginOptions, StartedLogin } from './relying-party/login.ts'
export { type LoginInitiation, readLoginInitiation } from './relying-party/login-initiation.ts'
export type { LogoutOptions } from './relying-party/logout.ts'
export { checkReturnTo, readReturnTo } from './relying-party/return-to.ts'
export { stepUp, type StepUpChallenge } from './relying-party/step-up.ts'
export type { SessionSource } from './relying-party/session-source.ts'
export { type Backoff, createBackoff } from './session/backoff.ts'
export type { Login } from './session/live-session.ts'
export {
  type AuthenticatedSession,
  createSessionState,
  type Session,
  type SessionState,
} from './session/session-state.ts'
export { readRefreshEnd } from './session/token-vault.ts'
export type { Renewal } from './session/renewal.ts'
export type { AccessGrant } from './session/token-set.ts'
