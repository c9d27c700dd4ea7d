import type { JSONWebKeySet } from 'jose'
import { jwtBearerGrantType } from './grant-types.ts'
import type {
  ClientAuthenticationName,
  ClientOptions,
  DpopOptions,
  Lifetimes,
  ReferenceServerOptions,
  RefreshTokenRotation,
  SigningAlg,
  TrustedIssuerOptions,
  UserOptions,
} from './options.ts'

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
  readonly dpopBoundAccessTokens: boolean
  readonly jwks: JSONWebKeySet | undefined
  readonly serviceAccount: ServiceAccount | undefined
  /** Undefined where any will do. */
  readonly tokenExchangeTargets: readonly string[] | undefined
}

/** A client that gets tokens by its own assertions. */
export interface ServiceAccount {
  /** `sub` of its tokens. */
  readonly name: string
  /** The usernames of those whom it may act for. */
  readonly actsFor: readonly string[]
}

/** A user with every default filled in. */
export interface User {
  readonly username: string
  readonly password: string
  readonly subject: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** The options with every default filled in. */
export interface Settings {
  readonly issuer: string
  readonly clients: ReadonlyMap<string, Client>
  readonly users: ReadonlyMap<string, User>
  /** Every scope of the server, with the words for the consent page. */
  readonly scopes: ReadonlyMap<string, string>
  readonly lifetimes: Lifetimes
  readonly refreshTokenRotation: RefreshTokenRotation
  readonly signingAlg: SigningAlg
  readonly dpop: Required<DpopOptions>
  readonly pollingInterval: number
  readonly trustedIssuers: readonly TrustedIssuerOptions[]
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

const demoClient: ClientOptions = {
  clientId: 'spa',
  clientName: 'Demo application',
  redirectUris: [
    'http://127.0.0.1/callback',
    'http://localhost:3000/callback',
    'http://localhost:5173/callback',
  ],
  postLogoutRedirectUris: ['http://127.0.0.1/', 'http://localhost:3000/', 'http://localhost:5173/'],
}

const demoUser: UserOptions = {
  username: 'ada',
  password: 'password',
  claims: {
    name: 'Ada Example',
    given_name: 'Ada',
    family_name: 'Example',
    email: 'ada@example.com',
    email_verified: true,
  },
}

const defaultLifetimes: Lifetimes = {
  accessToken: 3600,
  refreshToken: 30 * 24 * 3600,
  idToken: 3600,
  code: 60,
  session: 24 * 3600,
  deviceCode: 600,
  backchannelRequest: 120,
}

function checkIssuer(issuer: string): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined
  const isWebUrl = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!isWebUrl || /[?#]/.test(issuer)) {
    throw new TypeError(`issuer must be an http(s) URL without query or fragment: ${issuer}`)
  }
  return issuer
}

/** @see RFC 8628 section 3.2 */
function checkPollingInterval(seconds: number): number {
  if (seconds > 0) return seconds
  throw new TypeError(`pollingInterval must be a positive number of seconds: ${seconds}`)
}

function methodsOf(client: ClientOptions): readonly ClientAuthenticationName[] {
  if (client.tokenEndpointAuthMethod) return [client.tokenEndpointAuthMethod]
  return client.clientSecret === undefined ? ['none'] : ['client_secret_basic', 'client_secret_post']
}

function buildServiceAccount({ clientId, jwks, serviceAccount }: ClientOptions): ServiceAccount | undefined {
  if (!serviceAccount) return undefined
  if (!jwks) throw new TypeError(`client ${clientId}: a serviceAccount needs jwks`)
  return { name: serviceAccount.email ?? clientId, actsFor: serviceAccount.actsFor ?? [] }
}

function defaultGrantTypes({ serviceAccount }: ClientOptions): readonly string[] {
  return serviceAccount ? [jwtBearerGrantType] : ['authorization_code', 'refresh_token']
}

function buildClient(client: ClientOptions, audience: string): Client {
  const isPublic = client.clientSecret === undefined
  if (isPublic !== methodsOf(client).includes('none')) {
    throw new TypeError(
      `client ${client.clientId}: a secret and tokenEndpointAuthMethod "none" exclude each other`,
    )
  }
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
    dpopBoundAccessTokens: client.dpopBoundAccessTokens ?? false,
    jwks: client.jwks,
    serviceAccount: buildServiceAccount(client),
    tokenExchangeTargets: client.tokenExchangeTargets,
  }
}

function buildUser(user: UserOptions): User {
  const subject = user.claims?.['sub'] ?? user.username
  if (typeof subject !== 'string') throw new TypeError(`user ${user.username}: claims.sub must be a string`)
  return {
    username: user.username,
    password: user.password,
    subject,
    claims: { ...user.claims, sub: subject },
  }
}

/**
 * Fills in every default.
 *
 * @throws TypeError when the issuer is not an http(s) URL, or a client or user contradicts itself
 */
export function buildSettings(options: ReferenceServerOptions): Settings {
  const issuer = checkIssuer(options.issuer)
  const clients = (options.clients ?? [demoClient]).map((client) =>
    buildClient(client, options.audience ?? issuer),
  )
  const users = (options.users ?? [demoUser]).map(buildUser)
  return {
    issuer,
    clients: new Map(clients.map((client) => [client.clientId, client])),
    users: new Map(users.map((user) => [user.username, user])),
    scopes: new Map(Object.entries({ ...standardScopes, ...(options.scopes ?? demoScopes) })),
    lifetimes: { ...defaultLifetimes, ...options.lifetimes },
    refreshTokenRotation: options.refreshTokenRotation ?? 'strict',
    signingAlg: options.signingAlg ?? 'ES256',
    pollingInterval: checkPollingInterval(options.pollingInterval ?? 5),
    trustedIssuers: options.trustedIssuers ?? [],
    dpop: { nonces: 'required', nonceLifetime: 300, ...options.dpop },
  }
}
