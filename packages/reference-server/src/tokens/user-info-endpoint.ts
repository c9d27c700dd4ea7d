import { accessError, type Protection } from '../access/challenges.ts'
import type { PresentedToken } from '../access/presented-token.ts'
import { protectedHandler } from '../access/protected-handler.ts'
import type { Call, Endpoint } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { claimsOfScopes } from '../users/user-claims.ts'

const protection: Protection = { realm: 'userinfo' }

async function userInfo(call: Call, { scheme, record }: PresentedToken): Promise<Response> {
  const { family, scopes } = record
  if (!family.login || !scopes.includes('openid')) {
    const fault = { code: 'insufficient_scope', description: 'the access token has no openid scope' } as const
    throw accessError(call, protection, { ...fault, scheme, status: 403, parameters: { scope: 'openid' } })
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
  handle: protectedHandler(protection, userInfo),
}
