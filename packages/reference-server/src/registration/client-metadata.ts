import type { ServerContext } from '../context.ts'
import type { JsonObject } from '../http/json.ts'
import type { ClientAuthenticationName, ClientOptions } from '../options.ts'
import type { Client } from '../settings.ts'
import { checkKnown, invalidMetadata, readFlag, readJwks, readText, readTexts } from './metadata-readers.ts'
import { checkRedirectUris } from './redirect-uris.ts'

/** The options of a client that is to be registered, still without an id and a secret. */
export type NewClient = Omit<ClientOptions, 'clientId' | 'clientSecret'>

type Defined<Members> = { [Name in keyof Members]?: Exclude<Members[Name], undefined> }

function dropUndefined<Members extends object>(members: Members): Defined<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Defined<Members>
}

function readAuthenticationMethod(
  { dialect }: ServerContext,
  metadata: JsonObject,
): ClientAuthenticationName {
  const asked = readText(metadata, 'token_endpoint_auth_method') ?? 'client_secret_basic'
  const known = Object.keys(dialect.clientAuthenticationMethods) as ClientAuthenticationName[]
  const method = known.find((name) => name === asked)
  if (!method) throw invalidMetadata(`token_endpoint_auth_method must be among: ${known.join(' ')}`)
  return method
}

/** Grant and response types, which have to agree. @see RFC 7591 section 2.1 */
function readGrantTypes({ dialect }: ServerContext, metadata: JsonObject): readonly string[] {
  const grantTypes = readTexts(metadata, 'grant_types') ?? ['authorization_code']
  checkKnown('grant_types', grantTypes, Object.keys(dialect.grants))
  const usesCode = grantTypes.includes('authorization_code')
  const responseTypes = readTexts(metadata, 'response_types') ?? (usesCode ? ['code'] : [])
  checkKnown('response_types', responseTypes, ['code'])
  if (usesCode !== responseTypes.includes('code')) {
    throw invalidMetadata('grant_types and response_types contradict each other')
  }
  return grantTypes
}

function readScopes({ settings }: ServerContext, metadata: JsonObject): readonly string[] | undefined {
  const scopes = readText(metadata, 'scope')
    ?.split(' ')
    .filter((scope) => scope !== '')
  if (scopes) checkKnown('scope', scopes, [...settings.scopes.keys()])
  return scopes
}

function readDetailsTypes({ settings }: ServerContext, metadata: JsonObject): readonly string[] | undefined {
  const types = readTexts(metadata, 'authorization_details_types')
  if (types) checkKnown('authorization_details_types', types, [...settings.authorizationDetailsTypes.keys()])
  return types
}

/**
 * Checks the metadata of a client that registers itself. Members this server does not know are ignored.
 *
 * @throws OAuthError `invalid_client_metadata` or `invalid_redirect_uri`
 * @see RFC 7591 section 2, OpenID Connect Dynamic Client Registration 1.0 section 2
 */
export function readClientMetadata(context: ServerContext, metadata: JsonObject): NewClient {
  const grantTypes = readGrantTypes(context, metadata)
  const redirectUris = readTexts(metadata, 'redirect_uris') ?? []
  checkRedirectUris(redirectUris, grantTypes)
  const userinfoAlg = readText(metadata, 'userinfo_signed_response_alg')
  const { signingAlg } = context.settings
  if (userinfoAlg !== undefined) checkKnown('userinfo_signed_response_alg', [userinfoAlg], [signingAlg])
  return {
    redirectUris,
    grantTypes,
    tokenEndpointAuthMethod: readAuthenticationMethod(context, metadata),
    ...dropUndefined({
      clientName: readText(metadata, 'client_name'),
      postLogoutRedirectUris: readTexts(metadata, 'post_logout_redirect_uris'),
      scopes: readScopes(context, metadata),
      jwks: readJwks(metadata),
      requirePushedAuthorizationRequests: readFlag(metadata, 'require_pushed_authorization_requests'),
      requireSignedRequestObject: readFlag(metadata, 'require_signed_request_object'),
      authorizationDetailsTypes: readDetailsTypes(context, metadata),
      dpopBoundAccessTokens: readFlag(metadata, 'dpop_bound_access_tokens'),
      userinfoSignedResponseAlg: userinfoAlg === undefined ? undefined : signingAlg,
      backchannelLogoutUri: readText(metadata, 'backchannel_logout_uri'),
      backchannelLogoutSessionRequired: readFlag(metadata, 'backchannel_logout_session_required'),
      frontchannelLogoutUri: readText(metadata, 'frontchannel_logout_uri'),
      frontchannelLogoutSessionRequired: readFlag(metadata, 'frontchannel_logout_session_required'),
    }),
  }
}

/** What a client is registered with, in the words of the wire. @see RFC 7591 section 3.2.1 */
export function describeClient(client: Client): JsonObject {
  return {
    client_id: client.clientId,
    ...(client.clientSecret !== undefined && {
      client_secret: client.clientSecret,
      client_secret_expires_at: 0,
    }),
    client_name: client.clientName,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    token_endpoint_auth_method: client.authenticationMethods[0],
    scope: client.scopes?.join(' '),
    jwks: client.jwks,
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    require_signed_request_object: client.requireSignedRequestObject,
    authorization_details_types: client.authorizationDetailsTypes,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    userinfo_signed_response_alg: client.userinfoSignedResponseAlg,
    backchannel_logout_uri: client.backchannelLogoutUri,
    backchannel_logout_session_required: client.backchannelLogoutSessionRequired,
    frontchannel_logout_uri: client.frontchannelLogoutUri,
    frontchannel_logout_session_required: client.frontchannelLogoutSessionRequired,
  }
}
