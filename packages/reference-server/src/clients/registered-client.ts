import type { JSONWebKeySet } from 'jose'
import { jwtBearerGrantType } from '../grant-types.ts'
import type { ClientAuthenticationName, ClientOptions, RefreshTokenRotation, SigningAlg } from '../options.ts'
import type { UserProvider } from '../users/user-providers.ts'

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

function checkLogoutUri(uri: string | undefined): string | undefined {
  if (uri === undefined || (URL.canParse(uri) && /^https?:[^#]*$/.test(uri))) return uri
  throw new TypeError(`a logout URI must be an http(s) URL without fragment: ${uri}`)
}

/** What clients take from the server where they say nothing. */
export interface ClientDefaults {
  readonly audience: string
  readonly signingAlg: SigningAlg
  readonly refreshTokenRotation: RefreshTokenRotation
  /** By name. */
  readonly userProviders: ReadonlyMap<string, UserProvider>
}

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
