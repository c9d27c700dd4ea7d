import type { JWTPayload } from 'jose'
import type { IssuedTokens, ServerContext, TokenFacts } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { signJwt } from '../../tokens/sign-jwt.ts'
import type { AuthnOptions } from './authn-options.ts'

/** What an access token tells of its user, in the spellings that occur. */
const userClaims: readonly string[] = [
  'tenant',
  'tenat',
  'groups',
  'roles',
  'provider_internal_id',
  'app_metadata_roles',
  'user_metadata',
  'given_name',
  'family_name',
  'name',
]

/** `iss`: a host name without a scheme, or the token endpoint. */
function readIss(context: ServerContext, { issuerClaim = 'host' }: AuthnOptions): string {
  return issuerClaim === 'host' ? new URL(context.settings.issuer).hostname : endpointUrl(context, 'token')
}

function commonClaims(context: ServerContext, facts: TokenFacts, options: AuthnOptions): JWTPayload {
  const { family, id, issuedAt, expiresAt } = facts
  const { clientId: cid } = family.client
  return { sub: family.subject, iss: readIss(context, options), iat: issuedAt, exp: expiresAt, cid, jti: id }
}

function aboutUser({ family: { login } }: TokenFacts): Record<string, unknown> {
  const claims = Object.entries(login?.user.claims ?? {})
  return Object.fromEntries(claims.filter(([name]) => userClaims.includes(name)))
}

/** An access token with the client in `cid`, the tenant in `tid`, and the scopes twice. */
export async function buildAuthnAccessToken(
  context: ServerContext,
  facts: TokenFacts,
  options: AuthnOptions,
): Promise<string> {
  const claims = {
    ...aboutUser(facts),
    ...commonClaims(context, facts, options),
    aud: facts.family.client.audience,
    tid: options.tenantId ?? 'tenant-1',
    scope: facts.scopes.join(' '),
    scopes: facts.scopes,
  }
  return signJwt(context, claims, 'JWT')
}

/** A refresh token, which is a JWT as well. */
export async function buildAuthnRefreshToken(
  context: ServerContext,
  facts: TokenFacts,
  options: AuthnOptions,
): Promise<string> {
  return signJwt(context, commonClaims(context, facts, options), 'JWT')
}

/** The token answer, without `scope`. */
export function buildAuthnTokenResponse(tokens: IssuedTokens): Readonly<Record<string, unknown>> {
  return {
    access_token: tokens.accessToken,
    expires_in: tokens.expiresIn,
    ...(tokens.refreshToken !== undefined && { refresh_token: tokens.refreshToken }),
    token_type: 'Bearer',
    ...tokens.more,
  }
}
