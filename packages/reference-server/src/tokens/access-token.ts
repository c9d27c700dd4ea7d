import type { ServerContext, TokenFacts } from '../context.ts'
import { signJwt } from './sign-jwt.ts'

/** The `aud` claim: one audience stands alone. @see RFC 7519 section 4.1.3 */
export function buildAudienceClaim(audience: readonly string[]): string | string[] {
  const [only, ...others] = audience
  return only !== undefined && others.length === 0 ? only : [...audience]
}

/** A signed access token. @see RFC 9068 section 2 */
export function buildJwtAccessToken(context: ServerContext, facts: TokenFacts): Promise<string> {
  const { family, scopes, audience, authorizationDetails, jkt, id, issuedAt, expiresAt } = facts
  const claims = {
    iss: context.dialect.readIssuer(context.settings),
    sub: family.subject,
    aud: buildAudienceClaim(audience),
    client_id: family.client.clientId,
    jti: id,
    iat: issuedAt,
    exp: expiresAt,
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(family.actor && { act: family.actor }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(authorizationDetails.length > 0 && { authorization_details: authorizationDetails }),
    ...(family.login && { auth_time: family.login.authTime }),
    ...(family.login?.acr !== undefined && { acr: family.login.acr }),
  }
  return signJwt(context, claims, 'at+jwt')
}
