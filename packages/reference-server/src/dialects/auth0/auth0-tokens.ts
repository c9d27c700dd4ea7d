import type { JWTPayload } from 'jose'
import type { IdTokenFacts, IssuedTokens, ServerContext, TokenFacts } from '../../context.ts'
import { buildIdTokenClaims } from '../../tokens/id-token.ts'
import { signJwt } from '../../tokens/sign-jwt.ts'
import { buildTokenResponse } from '../../tokens/token-response.ts'
import { claimsOfScopes } from '../../users/user-claims.ts'
import { audienceOf } from './audience.ts'

/** A JWT for the API that was named, else an opaque token for userinfo. */
export async function buildAuth0AccessToken(context: ServerContext, facts: TokenFacts): Promise<string> {
  const { family, scopes, id, issuedAt, expiresAt } = facts
  const aud = audienceOf(context, family)
  if (aud === undefined) return context.newSecret()
  const claims = {
    iss: context.dialect.readIssuer(context.settings),
    sub: family.subject,
    aud,
    azp: family.client.clientId,
    jti: id,
    iat: issuedAt,
    exp: expiresAt,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(!family.login && { gty: 'client-credentials' }),
  }
  return signJwt(context, claims, 'JWT')
}

/** The ID token's claims, with those of the granted scopes. */
export async function buildAuth0IdTokenClaims(
  context: ServerContext,
  facts: IdTokenFacts,
): Promise<JWTPayload> {
  const { family, scopes } = facts
  const { at_hash: _atHash, ...claims } = await buildIdTokenClaims(context, facts)
  return { ...(family.login && claimsOfScopes(family.login.user, scopes, context.settings)), ...claims }
}

/** The token answer, without `scope` where it is what was asked for. @see RFC 6749 section 5.1 */
export function buildAuth0TokenResponse(tokens: IssuedTokens): Readonly<Record<string, unknown>> {
  const { scope, ...answer } = buildTokenResponse(tokens)
  return scope === undefined || scope === tokens.askedScope ? answer : { ...answer, scope }
}
