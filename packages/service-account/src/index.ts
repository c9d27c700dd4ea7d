export type { AccessToken, TokenSource, TokenTarget, WaitOptions } from './token-source.ts'
export { createTokenCache, type TokenCache } from './cache/token-cache.ts'
export type { TokenStore } from './cache/token-store.ts'
export { clientCredentials, type ClientCredentialsSourceOptions } from './client-credentials.ts'
export type { CredentialReader, CredentialSource } from './credentials/credential-source.ts'
export type { NamedKey } from './credentials/service-account-file.ts'
export { tokenFromUrl, type UrlToken } from './credentials/token-from-url.ts'
export { deviceLogin, type DeviceLoginOptions, type DevicePrompt } from './device-login.ts'
export { ecdsaSignature } from './keys/ecdsa-signature.ts'
export { importKey, type KeyImporter, type KeyMaterial, type KeyOptions } from './keys/import-key.ts'
export type { KeyFormat } from './keys/key-format.ts'
export { type KeyBytes, readPem } from './keys/read-pem.ts'
export type { UserLogin, UserLoginOptions } from './login/user-login.ts'
export type { ServerDescription, SourceOptions } from './machine/machine.ts'
export type { TargetedTokenSource } from './machine/targeted-source.ts'
export { privateKeyJwt, type PrivateKeyJwtOptions } from './private-key-jwt.ts'
export {
  type AssertionRules,
  serviceAccount,
  type ServiceAccount,
  type ServiceAccountOptions,
  type ServiceAccountTarget,
} from './service-account.ts'
export { tokenExchange, type TokenExchangeOptions, type TokenExchangeTarget } from './token-exchange.ts'
export type { TokenInput } from './token-input.ts'
export { workloadIdentity, type WorkloadIdentityOptions, type WorkloadTokenUse } from './workload-identity.ts'
export {
  ConciergeError,
  type ErrorCode,
  type Fetch,
  type Http,
  ProtocolError,
  type Runtime,
  ServerError,
  SessionError,
  type Signer,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'
