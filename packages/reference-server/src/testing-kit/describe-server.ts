import type { ServerContext } from '../context.ts'
import { urlBelowIssuer } from '../endpoint-url.ts'
import type { RefreshTokenRotation, SigningAlg } from '../options.ts'

/** What a server offers. It holds passwords and client secrets: those of a test. */
export interface ServerDescription {
  readonly issuer: string
  readonly dialect: string
  readonly refreshTokenRotation: RefreshTokenRotation
  readonly signingAlg: SigningAlg
  /** URLs by the endpoint's name. */
  readonly endpoints: Readonly<Record<string, string>>
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[]
  readonly users: readonly { readonly username: string; readonly password: string }[]
  readonly clients: readonly {
    readonly clientId: string
    readonly clientSecret?: string
    readonly redirectUris: readonly string[]
    readonly grantTypes: readonly string[]
  }[]
}

/** Endpoints that only our own pages lead to, and whose addresses mean nothing by themselves. */
const inner: ReadonlySet<string> = new Set([
  'login',
  'consent',
  'end_session_confirm',
  'device_login',
  'device_confirm',
])

/** Says what the server of this context offers. */
export function describeServer(context: ServerContext): ServerDescription {
  const { settings, dialect } = context
  // Of two addresses under one name the first is listed: the later one is set earlier.
  const endpoints = dialect.endpoints.filter(({ name }) => !inner.has(name)).toReversed()
  return {
    issuer: settings.issuer,
    dialect: dialect.name,
    refreshTokenRotation: settings.refreshTokenRotation,
    signingAlg: settings.signingAlg,
    endpoints: Object.fromEntries(endpoints.map(({ name, path }) => [name, urlBelowIssuer(context, path)])),
    grantTypes: Object.keys(dialect.grants),
    scopes: [...settings.scopes.keys()],
    users: [...settings.users.values()].map(({ username, password }) => ({ username, password })),
    clients: [...settings.clients.values()].map(({ clientId, clientSecret, redirectUris, grantTypes }) => ({
      clientId,
      ...(clientSecret !== undefined && { clientSecret }),
      redirectUris,
      grantTypes,
    })),
  }
}
