export { createReferenceServer, type ReferenceServer } from './create-reference-server.ts'
export type { LoginFilter } from './logout/end-login.ts'
export type {
  ClientAuthenticationName,
  ClientOptions,
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
} from './options.ts'
export type { ServerClock } from './state/clock.ts'
export type { RotateKeysOptions } from './state/key-ring.ts'
export type { Ledger, LedgerEvent, LedgerRequest, LedgerToken, RequestFilter } from './state/ledger.ts'
export type { BackchannelDecision, DeviceDecision } from './testing-kit/decide-pending.ts'
export type { SignIn, SignInRequest } from './testing-kit/sign-in.ts'
