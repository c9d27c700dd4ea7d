import type { IssuedTokens } from '../context.ts'

/** The members of a successful token answer. @see RFC 6749 section 5.1, RFC 9449 section 5, RFC 8693 section 2.2.1, OpenID Connect Core 1.0 section 3.1.3.3 */
export function buildTokenResponse(tokens: IssuedTokens): Readonly<Record<string, unknown>> {
  return {
    access_token: tokens.accessToken,
    token_type: tokens.tokenType,
    expires_in: tokens.expiresIn,
    ...(tokens.issuedTokenType !== undefined && { issued_token_type: tokens.issuedTokenType }),
    ...(tokens.scopes.length > 0 && { scope: tokens.scopes.join(' ') }),
    ...(tokens.authorizationDetails?.length && { authorization_details: tokens.authorizationDetails }),
    ...(tokens.refreshToken !== undefined && { refresh_token: tokens.refreshToken }),
    ...(tokens.idToken !== undefined && { id_token: tokens.idToken }),
    ...tokens.more,
  }
}
