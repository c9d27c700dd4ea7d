import type { Call, Endpoint } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError, type OAuthErrorCode } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { AccessTokenRecord } from '../state/records.ts'
import { claimsOfScopes } from '../users/user-claims.ts'

/** @see RFC 6750 section 3 */
function refusal(code: OAuthErrorCode, description: string, status: number): OAuthError {
  const challenge = `Bearer realm="userinfo", error="${code}", error_description="${description}"`
  const scope = code === 'insufficient_scope' ? ', scope="openid"' : ''
  return new OAuthError(code, description, { status, headers: { 'WWW-Authenticate': challenge + scope } })
}

/** The token by header or by form, never by both. @see RFC 6750 section 2 */
function readBearerToken({ request, received }: Call): string | undefined {
  const [scheme, inHeader] = request.headers.get('authorization')?.split(' ') ?? []
  const inForm = request.method === 'POST' ? singleParameters(received).get('access_token') : undefined
  const hasHeader = scheme?.toLowerCase() === 'bearer'
  if (hasHeader && inForm !== undefined) throw refusal('invalid_request', 'the access token came twice', 400)
  return hasHeader ? (inHeader ?? '') : inForm
}

function readAccessToken(call: Call, value: string): AccessTokenRecord {
  const record = call.context.stores.accessTokens.get(value)
  if (!record || record.revoked || record.family.revoked) {
    throw refusal('invalid_token', 'the access token is unknown, expired or revoked', 401)
  }
  call.entry.clientId = record.family.client.clientId
  return record
}

async function userInfo(call: Call): Promise<Response> {
  const value = readBearerToken(call)
  if (value === undefined) {
    // RFC 6750 section 3.1: a request without a token is told how to ask, and no error code.
    return jsonAnswer({}, { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="userinfo"' } })
  }
  const { family, scopes } = readAccessToken(call, value)
  if (!family.login || !scopes.includes('openid')) {
    throw refusal('insufficient_scope', 'the access token has no openid scope', 403)
  }
  return jsonAnswer(claimsOfScopes(family.login.user, scopes))
}

/** The UserInfo endpoint. @see OpenID Connect Core 1.0 section 5.3 */
export const userInfoEndpoint: Endpoint = {
  name: 'userinfo',
  path: '/userinfo',
  methods: ['GET', 'POST'],
  metadata: 'userinfo_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: userInfo,
}
