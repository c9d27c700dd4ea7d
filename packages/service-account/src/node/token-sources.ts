import {
  clientCredentials as createClientCredentials,
  type ClientCredentialsSourceOptions,
} from '../client-credentials.ts'
import { deviceLogin as createDeviceLogin, type DeviceLoginOptions } from '../device-login.ts'
import type { UserLogin } from '../login/user-login.ts'
import type { TargetedTokenSource } from '../machine/targeted-source.ts'
import { privateKeyJwt as createPrivateKeyJwt, type PrivateKeyJwtOptions } from '../private-key-jwt.ts'
import {
  tokenExchange as createTokenExchange,
  type TokenExchangeOptions,
  type TokenExchangeTarget,
} from '../token-exchange.ts'
import {
  workloadIdentity as createWorkloadIdentity,
  type WorkloadIdentityOptions,
} from '../workload-identity.ts'
import { type LoopbackLoginOptions, loopbackLogin as createLoopbackLogin } from './loopback-login.ts'
import { withNodeDefaults, withNodeHttp } from './node-defaults.ts'

/** As in the main entry, over connections that are kept alive. */
export const clientCredentials = (options: ClientCredentialsSourceOptions): TargetedTokenSource =>
  createClientCredentials(withNodeHttp(options))

/** As in the main entry, over connections that are kept alive; `passphrase` opens an encrypted key, and `keyFile()` reads one. */
export const privateKeyJwt = (options: PrivateKeyJwtOptions): Promise<TargetedTokenSource> =>
  createPrivateKeyJwt(withNodeDefaults(options))

/** As in the main entry, over connections that are kept alive. */
export const tokenExchange = (options: TokenExchangeOptions): TargetedTokenSource<TokenExchangeTarget> =>
  createTokenExchange(withNodeHttp(options))

/** As in the main entry, over connections that are kept alive. */
export const workloadIdentity = (options: WorkloadIdentityOptions): TargetedTokenSource =>
  createWorkloadIdentity(withNodeHttp(options))

/** As in the main entry, over connections that are kept alive. */
export const deviceLogin = (options: DeviceLoginOptions): UserLogin =>
  createDeviceLogin(withNodeHttp(options))

/** A user's login by the browser of the same machine. See `LoopbackLoginOptions`. @see RFC 8252 section 7.3 */
export const loopbackLogin = (options: LoopbackLoginOptions): UserLogin =>
  createLoopbackLogin(withNodeHttp(options))
