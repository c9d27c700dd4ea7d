import type { JWTPayload } from 'jose'
import type { IdTokenFacts, IssuedTokens, ServerContext } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { buildTokenResponse } from '../../tokens/token-response.ts'

/** The inum under which the server files a client: the beginning of the client id. */
const inumOf = (clientId: string): string => clientId.split('!').slice(0, 3).join('!')

/** The ID token's claims: `exp` is in milliseconds, and four claims are the server's own. */
export async function buildGluuIdTokenClaims(
  context: ServerContext,
  facts: IdTokenFacts,
): Promise<JWTPayload> {
  const { family, issuedAt, expiresAt, nonce } = facts
  const { clientId } = family.client
  return {
    iss: context.settings.issuer,
    sub: family.subject,
    aud: clientId,
    iat: issuedAt,
    exp: expiresAt * 1000,
    ...(nonce !== undefined && { nonce }),
    ...(family.login && { user_id: family.login.user.username }),
    oxInum: inumOf(clientId),
    oxValidationURI: `${endpointUrl(context, 'token').replace(/\/token$/, '')}/validate`,
    oxOpenIDConnectVersion: 'openidconnect-1.0',
  }
}

/** The token answer, whose type is in lower case. */
export const buildGluuTokenResponse = (tokens: IssuedTokens): Readonly<Record<string, unknown>> => ({
  ...buildTokenResponse(tokens),
  token_type: 'bearer',
})
