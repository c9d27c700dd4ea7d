import type { JWK } from 'jose'
import { signingAlgOf } from './state/signing-key.ts'
import { buildClient, type Client } from './clients/registered-client.ts'
import {
  defaultLifetimes,
  demoAuthorizationDetailsTypes,
  demoClient,
  demoScopes,
  standardScopes,
} from './default-settings.ts'
import type { Guard } from './guards.ts'
import type {
  DpopOptions,
  Lifetimes,
  ProtectedResourceOptions,
  ReferenceServerOptions,
  RefreshTokenRotation,
  SigningAlg,
  TrustedIssuerOptions,
} from './options.ts'
import { buildUserProviders, type User, type UserProvider, usersByName } from './users/user-providers.ts'

export type { Client, ServiceAccount } from './clients/registered-client.ts'
export type { User, UserProvider } from './users/user-providers.ts'

/** An API of the server's own, with every default filled in. */
export interface ProtectedResource {
  readonly path: string
  /** The issuer and the path. */
  readonly identifier: string
  readonly scopes: readonly string[]
  readonly acrValues: readonly string[]
  readonly maxAge: number | undefined
}

/** The options with every default filled in. */
export interface Settings {
  readonly issuer: string
  /** By client id. Clients that register themselves are added, and taken out again. */
  readonly clients: Map<string, Client>
  /** By username. Where two providers hold the same one, the first counts. */
  readonly users: ReadonlyMap<string, User>
  readonly userProviders: ReadonlyMap<string, UserProvider>
  /** Every scope of the server, with the words for the consent page. */
  readonly scopes: ReadonlyMap<string, string>
  /** What each scope opens, beside the claims of OpenID Connect. */
  readonly scopeClaims: Readonly<Record<string, readonly string[]>>
  readonly lifetimes: Lifetimes
  readonly refreshTokenRotation: RefreshTokenRotation
  readonly signingAlg: SigningAlg
  readonly keys: readonly JWK[]
  readonly seed: string | undefined
  readonly http: (request: Request) => Promise<Response>
  readonly dpop: Required<DpopOptions>
  readonly pollingInterval: number
  readonly trustedIssuers: readonly TrustedIssuerOptions[]
  /** `aud` of access tokens that no resource was named for, unless their client has its own. */
  readonly audience: string
  /** The scopes of each registered resource, undefined for every scope; undefined where any resource will do. */
  readonly resources: ReadonlyMap<string, readonly string[] | undefined> | undefined
  readonly protectedResources: readonly ProtectedResource[]
  /** The types of `authorization_details`, with the words for the consent page. */
  readonly authorizationDetailsTypes: ReadonlyMap<string, string>
  readonly requirePushedAuthorizationRequests: boolean
  readonly initialAccessToken: string | undefined
}

function checkIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isWebUrl = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!isWebUrl || /[?#]/.test(issuer)) {
    throw new TypeError(`issuer must be an http(s) URL without query or fragment: ${issuer}`)
  }
  return issuer
}

function readSigningAlg({ keys = [], signingAlg }: ReferenceServerOptions): SigningAlg {
  const alg = signingAlg ?? (keys[0] ? signingAlgOf(keys[0]) : 'ES256')
  if (alg !== undefined && keys.every((key) => signingAlgOf(key) === alg)) return alg
  throw new TypeError(`keys must be private JWKs for ${alg ?? 'an algorithm of this server'}`)
}

/** @see RFC 8628 section 3.2 */
function checkPollingInterval(seconds: number): number {
  if (seconds > 0) return seconds
  throw new TypeError(`pollingInterval must be a positive number of seconds: ${seconds}`)
}

function buildProtectedResource(resource: ProtectedResourceOptions, issuer: string): ProtectedResource {
  if (!/^(\/[\w.-]+)+$/.test(resource.path)) {
    throw new TypeError(`path must be like /resource: ${resource.path}`)
  }
  return {
    path: resource.path,
    identifier: issuer.replace(/\/$/, '') + resource.path,
    scopes: resource.scopes ?? [],
    acrValues: resource.acrValues ?? [],
    maxAge: resource.maxAge,
  }
}

/** The resources that may be asked for: those given, and the server's own. */
function buildResources(
  { resources }: ReferenceServerOptions,
  own: readonly ProtectedResource[],
): Settings['resources'] {
  if (!resources) return undefined
  const given = resources.map(({ identifier, scopes }) => [identifier, scopes] as const)
  return new Map([...own.map(({ identifier }) => [identifier, undefined] as const), ...given])
}

/** What the dialect says of a server's settings. */
export interface DialectFrame {
  readonly defaults: Partial<ReferenceServerOptions>
  readonly guards: readonly Guard[]
}

/** The options, and the dialect's defaults where they say nothing. */
function withDefaults(options: ReferenceServerOptions, { defaults }: DialectFrame): ReferenceServerOptions {
  const lifetimes = { ...defaults.lifetimes, ...options.lifetimes }
  return { ...defaults, ...options, lifetimes }
}

/**
 * Fills in every default.
 *
 * @throws TypeError when the issuer is not an http(s) URL, or a client or user contradicts itself
 */
export function buildSettings(given: ReferenceServerOptions, dialect: DialectFrame): Settings {
  const options = withDefaults(given, dialect)
  const issuer = checkIssuer(options.issuer)
  const audience = options.audience ?? issuer
  const signingAlg = readSigningAlg(options)
  const userProviders = buildUserProviders(options, dialect.guards)
  const refreshTokenRotation = options.refreshTokenRotation ?? 'strict'
  const defaults = { audience, signingAlg, refreshTokenRotation, userProviders }
  const clients = (options.clients ?? [demoClient]).map((client) => buildClient(client, defaults))
  const protectedResources = (options.protectedResources ?? [{ path: '/resource' }]).map((resource) =>
    buildProtectedResource(resource, issuer),
  )
  return {
    issuer,
    clients: new Map(clients.map((client) => [client.clientId, client])),
    users: usersByName(userProviders),
    userProviders,
    scopes: new Map(Object.entries({ ...standardScopes, ...(options.scopes ?? demoScopes) })),
    scopeClaims: options.scopeClaims ?? {},
    lifetimes: { ...defaultLifetimes, ...options.lifetimes },
    refreshTokenRotation,
    keys: options.keys ?? [],
    seed: options.seed,
    http: options.http ?? ((request) => fetch(request)),
    pollingInterval: checkPollingInterval(options.pollingInterval ?? 5),
    trustedIssuers: options.trustedIssuers ?? [],
    dpop: { nonces: 'required', nonceLifetime: 300, ...options.dpop },
    signingAlg,
    audience,
    resources: buildResources(options, protectedResources),
    protectedResources,
    authorizationDetailsTypes: new Map(
      Object.entries(options.authorizationDetailsTypes ?? demoAuthorizationDetailsTypes),
    ),
    requirePushedAuthorizationRequests: options.requirePushedAuthorizationRequests ?? false,
    initialAccessToken: options.initialAccessToken,
  }
}
