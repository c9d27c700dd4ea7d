import { accessError, type Protection } from '../access/challenges.ts'
import type { PresentedToken } from '../access/presented-token.ts'
import { protectedHandler } from '../access/protected-handler.ts'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import type { TokenFamily } from '../state/records.ts'
import { claimsOfScopes, selectClaims } from '../users/user-claims.ts'
import { signJwt } from './sign-jwt.ts'

const protection: Protection = { realm: 'userinfo' }

/** The answer as a JWT, which says for whom it is. @see OpenID Connect Core 1.0 section 5.3.2 */
async function signedAnswer(
  context: ServerContext,
  { client }: TokenFamily,
  claims: Record<string, unknown>,
): Promise<Response> {
  const named = { ...claims, iss: context.dialect.readIssuer(context.settings), aud: client.clientId }
  const headers = { 'Content-Type': 'application/jwt', 'Cache-Control': 'no-store' }
  return new Response(await signJwt(context, named, 'JWT'), { headers })
}

async function userInfo(call: Call, { scheme, record }: PresentedToken): Promise<Response> {
  const { family, scopes } = record
  if (!family.login || !scopes.includes('openid')) {
    const fault = { code: 'insufficient_scope', description: 'the access token has no openid scope' } as const
    throw accessError(call, protection, { ...fault, scheme, status: 403, parameters: { scope: 'openid' } })
  }
  const { user } = family.login
  const claims = {
    ...selectClaims(user, family.claims.userinfo),
    ...claimsOfScopes(user, scopes, call.context.settings),
  }
  return family.client.userinfoSignedResponseAlg
    ? signedAnswer(call.context, family, claims)
    : jsonAnswer(claims)
}

/** The UserInfo endpoint. @see OpenID Connect Core 1.0 section 5.3 */
export const userInfoEndpoint: Endpoint = {
  name: 'userinfo',
  path: '/userinfo',
  methods: ['GET', 'POST'],
  metadata: 'userinfo_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: protectedHandler(protection, userInfo),
}
