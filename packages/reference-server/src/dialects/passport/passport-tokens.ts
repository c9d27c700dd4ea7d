import type { JWTPayload } from 'jose'
import type { IdTokenFacts, IssuedTokens, ServerContext, TokenFacts } from '../../context.ts'
import { newHex } from '../../state/secret-forms.ts'
import { signJwt } from '../../tokens/sign-jwt.ts'
import { claimsOfScopes } from '../../users/user-claims.ts'
import type { PassportOptions } from './passport-options.ts'

/** `iat` and `exp`, with microseconds after the point unless they are whole. */
function readTimes(
  { clock }: ServerContext,
  { issuedAt, expiresAt }: TokenFacts,
  { wholeSeconds = false }: PassportOptions,
): { iat: number; exp: number } {
  if (wholeSeconds) return { iat: issuedAt, exp: expiresAt }
  const precise = clock.preciseNow()
  // A clock that shows whole seconds would hide the habit.
  const iat = Number.isInteger(precise) ? precise + 0.000001 : precise
  return { iat, exp: Math.round((iat + expiresAt - issuedAt) * 1e6) / 1e6 }
}

/** A signed access token: the client is its audience, and its scopes are a list. */
export async function buildPassportAccessToken(
  context: ServerContext,
  facts: TokenFacts,
  options: PassportOptions,
): Promise<string> {
  const { family, scopes } = facts
  const { iat, exp } = readTimes(context, facts, options)
  const { clientId: aud } = family.client
  return signJwt(
    context,
    { aud, jti: newHex(context.newSecret, 40), iat, nbf: iat, exp, sub: family.subject, scopes },
    'JWT',
  )
}

/** A refresh token looks like an encrypted blob: a fixed beginning and some 350 bytes in hexadecimal. */
export const buildPassportRefreshToken = async ({ newSecret }: ServerContext): Promise<string> =>
  `def50200${newHex(newSecret, 350)}`

/** The ID token's claims, with those of the granted scopes. `auth_time` is the time of issue, also after a refresh. */
export async function buildPassportIdTokenClaims(
  context: ServerContext,
  facts: IdTokenFacts,
  options: PassportOptions,
): Promise<JWTPayload> {
  const { family, scopes, nonce, issuedAt } = facts
  const { settings, dialect } = context
  return {
    ...(family.login && claimsOfScopes(family.login.user, scopes, settings)),
    iss: dialect.readIssuer(settings),
    aud: [family.client.clientId, ...(options.furtherAudiences ?? [])],
    sub: family.subject,
    ...readTimes(context, facts, options),
    auth_time: issuedAt,
    ...(nonce !== undefined && { nonce }),
  }
}

/** The token answer, which never says the scope. */
export function buildPassportTokenResponse(tokens: IssuedTokens): Readonly<Record<string, unknown>> {
  return {
    token_type: 'Bearer',
    expires_in: tokens.expiresIn,
    access_token: tokens.accessToken,
    ...(tokens.refreshToken !== undefined && { refresh_token: tokens.refreshToken }),
    ...(tokens.idToken !== undefined && { id_token: tokens.idToken }),
  }
}
