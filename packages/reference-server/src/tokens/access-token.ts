import { SignJWT } from 'jose'
import type { ServerContext, TokenFacts } from '../context.ts'

/** A signed access token. @see RFC 9068 section 2 */
export async function buildJwtAccessToken(context: ServerContext, facts: TokenFacts): Promise<string> {
  const { family, scopes, jkt, id, issuedAt, expiresAt } = facts
  const key = await context.keys.current()
  const claims = {
    iss: context.settings.issuer,
    sub: family.subject,
    aud: family.client.audience,
    client_id: family.client.clientId,
    jti: id,
    iat: issuedAt,
    exp: expiresAt,
    ...(jkt !== undefined && { cnf: { jkt } }),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(family.login && { auth_time: family.login.authTime }),
    ...(family.login?.acr !== undefined && { acr: family.login.acr }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ typ: 'at+jwt', alg: key.alg, kid: key.kid })
    .sign(key.privateKey)
}
