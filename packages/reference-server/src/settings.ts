import type { JSONWebKeySet, JWK } from 'jose'
import { jwtBearerGrantType } from './grant-types.ts'
import { signingAlgOf } from './state/signing-key.ts'
import type { Guard } from './guards.ts'
import type {
  ClientAuthenticationName,
  ClientOptions,
  DpopOptions,
  Lifetimes,
  ProtectedResourceOptions,
  ReferenceServerOptions,
  RefreshTokenRotation,
  SigningAlg,
  TrustedIssuerOptions,
} from './options.ts'
import { buildUserProviders, type User, type UserProvider, usersByName } from './users/user-providers.ts'

export type { User, UserProvider } from './users/user-providers.ts'

/** A registered client with every default filled in. */
export interface Client {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly clientName: string
  readonly authenticationMethods: readonly ClientAuthenticationName[]
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly grantTypes: readonly string[]
  readonly scopes: readonly string[] | undefined
  readonly skipConsent: boolean
  readonly requirePkce: boolean
  readonly audience: string
  readonly userProvider: UserProvider
  readonly refreshTokenRotation: RefreshTokenRotation
  readonly dpopBoundAccessTokens: boolean
  /** RFC 7523, RFC 9101, RFC 9126, RFC 9396. */
  readonly jwks: JSONWebKeySet | undefined
  readonly requirePushedAuthorizationRequests: boolean
  readonly requireSignedRequestObject: boolean
  readonly authorizationDetailsTypes: readonly string[] | undefined
  readonly userinfoSignedResponseAlg: SigningAlg | undefined
  readonly serviceAccount: ServiceAccount | undefined
  /** Undefined where any will do. */
  readonly tokenExchangeTargets: readonly string[] | undefined
  readonly backchannelLogoutUri: string | undefined
  readonly backchannelLogoutSessionRequired: boolean
  readonly frontchannelLogoutUri: string | undefined
  readonly frontchannelLogoutSessionRequired: boolean
}

/** A client that gets tokens by its own assertions. */
export interface ServiceAccount {
  /** `sub` of its tokens. */
  readonly name: string
  /** The usernames of those whom it may act for. */
  readonly actsFor: readonly string[]
}

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

/** The scopes of OpenID Connect, with the words for the consent page. */
export const standardScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and profile',
  email: 'See your e-mail address',
  phone: 'See your phone number',
  address: 'See your postal address',
  offline_access: 'Keep access while you are away',
}

const demoScopes: Readonly<Record<string, string>> = {
  'orders.read': 'See your orders',
  'orders.write': 'Change your orders',
}

const demoAuthorizationDetailsTypes: Readonly<Record<string, string>> = {
  payment_initiation: 'Make a payment',
}

/** Where an application under development is usually found. */
export const localAddresses: Pick<ClientOptions, 'postLogoutRedirectUris'> & {
  readonly redirectUris: readonly string[]
} = {
  redirectUris: [
    'http://127.0.0.1/callback',
    'http://localhost:3000/callback',
    'http://localhost:5173/callback',
  ],
  postLogoutRedirectUris: ['http://127.0.0.1/', 'http://localhost:3000/', 'http://localhost:5173/'],
}

const demoClient: ClientOptions = { clientId: 'spa', clientName: 'Demo application', ...localAddresses }

const defaultLifetimes: Lifetimes = {
  accessToken: 3600,
  refreshToken: 30 * 24 * 3600,
  idToken: 3600,
  code: 60,
  session: 24 * 3600,
  deviceCode: 600,
  backchannelRequest: 120,
  pushedRequest: 60,
}

function checkIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isWebUrl = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!isWebUrl || /[?#]/.test(issuer)) {
    throw new TypeError(`issuer must be an http(s) URL without query or fragment: ${issuer}`)
  }
  return issuer
}

function checkLogoutUri(uri: string | undefined): string | undefined {
  if (uri === undefined || (URL.canParse(uri) && /^https?:[^#]*$/.test(uri))) return uri
  throw new TypeError(`a logout URI must be an http(s) URL without fragment: ${uri}`)
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

function methodsOf(client: ClientOptions): readonly ClientAuthenticationName[] {
  const { clientSecret, jwks, tokenEndpointAuthMethod } = client
  if (tokenEndpointAuthMethod) return [tokenEndpointAuthMethod]
  const bySecret = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt'] as const
  const methods = [
    ...(clientSecret === undefined ? [] : bySecret),
    ...(jwks ? (['private_key_jwt'] as const) : []),
  ]
  return methods.length > 0 ? methods : ['none']
}

function buildServiceAccount({ clientId, jwks, serviceAccount }: ClientOptions): ServiceAccount | undefined {
  if (!serviceAccount) return undefined
  if (!jwks) throw new TypeError(`client ${clientId}: a serviceAccount needs jwks`)
  return { name: serviceAccount.email ?? clientId, actsFor: serviceAccount.actsFor ?? [] }
}

function defaultGrantTypes({ serviceAccount }: ClientOptions): readonly string[] {
  return serviceAccount ? [jwtBearerGrantType] : ['authorization_code', 'refresh_token']
}

function checkClient(client: ClientOptions, signingAlg: SigningAlg): void {
  const { clientSecret, jwks, userinfoSignedResponseAlg = signingAlg } = client
  const methods = methodsOf(client)
  const refuse = (reason: string) => new TypeError(`client ${client.clientId}: ${reason}`)
  if (methods.includes('none') && clientSecret !== undefined) {
    throw refuse('a secret and tokenEndpointAuthMethod "none" exclude each other')
  }
  if (methods.some((method) => method.startsWith('client_secret')) && clientSecret === undefined) {
    throw refuse('its tokenEndpointAuthMethod needs a clientSecret')
  }
  if (methods.includes('private_key_jwt') && !jwks) throw refuse('private_key_jwt needs jwks')
  if (client.requireSignedRequestObject && !jwks) throw refuse('requireSignedRequestObject needs jwks')
  if (userinfoSignedResponseAlg !== signingAlg) throw refuse(`the server signs with ${signingAlg} only`)
}

/** What clients take from the server where they say nothing. */
export type ClientDefaults = Pick<
  Settings,
  'audience' | 'signingAlg' | 'refreshTokenRotation' | 'userProviders'
>

function providerOf(
  { clientId, userProvider }: ClientOptions,
  { userProviders }: ClientDefaults,
): UserProvider {
  const provider =
    userProvider === undefined ? [...userProviders.values()][0] : userProviders.get(userProvider)
  if (provider) return provider
  throw new TypeError(`client ${clientId}: there is no user provider ${userProvider ?? 'at all'}`)
}

/**
 * A registered client with every default filled in.
 *
 * @throws TypeError when the client contradicts itself or the server, or names an unknown user provider
 */
export function buildClient(client: ClientOptions, defaults: ClientDefaults): Client {
  const { audience, refreshTokenRotation, signingAlg } = defaults
  checkClient(client, signingAlg)
  const isPublic = methodsOf(client).includes('none')
  return {
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    clientName: client.clientName ?? client.clientId,
    authenticationMethods: methodsOf(client),
    redirectUris: client.redirectUris ?? [],
    postLogoutRedirectUris: client.postLogoutRedirectUris ?? [],
    grantTypes: client.grantTypes ?? defaultGrantTypes(client),
    scopes: client.scopes,
    skipConsent: client.skipConsent ?? false,
    requirePkce: isPublic || (client.requirePkce ?? false),
    audience: client.audience ?? audience,
    userProvider: providerOf(client, defaults),
    refreshTokenRotation: client.refreshTokenRotation ?? refreshTokenRotation,
    dpopBoundAccessTokens: client.dpopBoundAccessTokens ?? false,
    jwks: client.jwks,
    serviceAccount: buildServiceAccount(client),
    tokenExchangeTargets: client.tokenExchangeTargets,
    requirePushedAuthorizationRequests: client.requirePushedAuthorizationRequests ?? false,
    requireSignedRequestObject: client.requireSignedRequestObject ?? false,
    authorizationDetailsTypes: client.authorizationDetailsTypes,
    userinfoSignedResponseAlg: client.userinfoSignedResponseAlg,
    backchannelLogoutUri: checkLogoutUri(client.backchannelLogoutUri),
    backchannelLogoutSessionRequired: client.backchannelLogoutSessionRequired ?? false,
    frontchannelLogoutUri: checkLogoutUri(client.frontchannelLogoutUri),
    frontchannelLogoutSessionRequired: client.frontchannelLogoutSessionRequired ?? false,
  }
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
