import { authenticateClient } from '../clients/client-authentication.ts'
import { invalidClient } from '../clients/invalid-client.ts'
import { isPublic } from '../clients/public-client.ts'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'
import type { AccessTokenRecord, RefreshTokenRecord, TokenFamily } from '../state/records.ts'
import { buildAudienceClaim } from './access-token.ts'
import { signJwt } from './sign-jwt.ts'

type Description = Readonly<Record<string, unknown>>

/** All that is said of a token that is not good, whatever the reason. @see RFC 7662 section 2.2 */
const inactive: Description = { active: false }

/** The media type that asks for a signed answer, and names it. @see RFC 9701 section 4 */
const signedJwt = 'application/token-introspection+jwt'

function describeFamily(
  { settings, dialect }: ServerContext,
  { client, subject, login, actor }: TokenFamily,
): Description {
  return {
    active: true,
    iss: dialect.readIssuer(settings),
    client_id: client.clientId,
    sub: subject,
    ...(login && { username: login.user.username, auth_time: login.authTime }),
    ...(login?.acr !== undefined && { acr: login.acr }),
    ...(actor && { act: actor }),
  }
}

function describeAccessToken(context: ServerContext, record: AccessTokenRecord): Description {
  const { family, id, scopes, audience, authorizationDetails, jkt, issuedAt, expiresAt } = record
  return {
    ...describeFamily(context, family),
    token_type: jkt === undefined ? 'Bearer' : 'DPoP',
    ...(jkt !== undefined && { cnf: { jkt } }),
    jti: id,
    aud: buildAudienceClaim(audience),
    iat: issuedAt,
    exp: expiresAt,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(authorizationDetails.length > 0 && { authorization_details: authorizationDetails }),
  }
}

function describeRefreshToken(context: ServerContext, record: RefreshTokenRecord): Description {
  const { family, id, issuedAt, expiresAt } = record
  const { scopes, authorizationDetails } = family
  return {
    ...describeFamily(context, family),
    jti: id,
    iat: issuedAt,
    exp: expiresAt,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(authorizationDetails.length > 0 && { authorization_details: authorizationDetails }),
  }
}

/** An access token is described to any confidential client, a refresh token only to the client that holds it. */
function describeToken({ context, entry }: Call, client: Client, token: string): Description {
  const accessToken = context.stores.accessTokens.get(token)
  if (accessToken) {
    const isGood = !accessToken.revoked && !accessToken.family.revoked
    return isGood ? describeAccessToken(context, accessToken) : inactive
  }
  const refreshToken = context.stores.refreshTokens.get(token)
  entry.refreshTokenId = refreshToken?.id
  if (!refreshToken || refreshToken.family.client !== client) return inactive
  const isGood = !refreshToken.family.revoked && refreshToken.spentAt === undefined
  return isGood ? describeRefreshToken(context, refreshToken) : inactive
}

/** The answer as a JWT for the one who asked. @see RFC 9701 section 5 */
async function signedAnswer(
  context: ServerContext,
  client: Client,
  description: Description,
): Promise<Response> {
  const claims = {
    iss: context.dialect.readIssuer(context.settings),
    aud: client.clientId,
    iat: context.clock.now(),
    token_introspection: description,
  }
  const jwt = await signJwt(context, claims, 'token-introspection+jwt')
  return new Response(jwt, { headers: { 'Content-Type': signedJwt, 'Cache-Control': 'no-store' } })
}

async function introspect(call: Call): Promise<Response> {
  const parameters = singleParameters(call.received)
  const client = await authenticateClient(call, parameters)
  if (isPublic(client)) {
    throw invalidClient('introspection is for clients that can prove who they are')
  }
  const token = parameters.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'parameter token is missing')
  const description = describeToken(call, client, token)
  const wantsJwt = call.request.headers.get('accept')?.includes(signedJwt) ?? false
  return wantsJwt ? signedAnswer(call.context, client, description) : jsonAnswer(description)
}

/** The introspection endpoint. @see RFC 7662 section 2, RFC 9701 */
export const introspectionEndpoint: Endpoint = {
  name: 'introspect',
  path: '/introspect',
  methods: ['POST'],
  metadata: 'introspection_endpoint',
  origins: 'none',
  speaks: 'json',
  handle: introspect,
}
