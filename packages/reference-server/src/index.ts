export { createReferenceServer, type ReferenceServer } from './create-reference-server.ts'
export { dialectNames } from './dialects/index.ts'
export { faultCatalogue, type FaultEntry, type FaultName, type FaultPlace } from './faults.ts'
export type { EndpointKind, EndpointUrls } from './faults/endpoint-kind.ts'
export type { FaultOptions, SeenRequest } from './faults/exchange.ts'
export type { SignerSource } from './faults/fault-keys.ts'
export type { FaultSigner, Jwt } from './faults/jwt.ts'
export type { Answerer, FaultStrike } from './faults/strike.ts'
export type { ArmedFault, Faults } from './faults/switchboard.ts'
export { withFaults, type WithFaults, type WithFaultsOptions } from './faults/with-faults.ts'
export type { Auth0Options } from './dialects/auth0/auth0-options.ts'
export type { AuthnOptions } from './dialects/authn/authn-options.ts'
export type { GluuOptions } from './dialects/gluu/gluu-options.ts'
export type { PassportOptions } from './dialects/passport/passport-options.ts'
export type { Habits } from './habits/habits.ts'
export type { LoginFilter } from './logout/end-login.ts'
export type {
  ClientAuthenticationName,
  ClientOptions,
  DialectName,
  DpopOptions,
  EpochSeconds,
  Lifetimes,
  ProtectedResourceOptions,
  ReferenceServerOptions,
  RefreshTokenRotation,
  ResourceOptions,
  ServiceAccountOptions,
  SigningAlg,
  TrustedIssuerOptions,
  UserOptions,
  UserProviderOptions,
} from './options.ts'
export type { ServerClock } from './state/clock.ts'
export type { RotateKeysOptions } from './state/key-ring.ts'
export type { Ledger, LedgerEvent, LedgerRequest, LedgerToken, RequestFilter } from './state/ledger.ts'
export type { BackchannelDecision, DeviceDecision } from './testing-kit/decide-pending.ts'
export type { LedgerAssertions, RequestCount } from './testing-kit/assertions.ts'
export type {
  CreateSessionCookie,
  SessionCookie,
  SessionCookieRequest,
} from './testing-kit/session-cookie.ts'
export type { ServerDescription } from './testing-kit/describe-server.ts'
export type { SignIn, SignInRequest } from './testing-kit/sign-in.ts'
