import type { EpochSeconds, Seconds } from '../ports/clock.ts'
import type { IdTokenClaims } from '../protocol/id-token.ts'
import type { TokenResponse } from '../protocol/token-request.ts'

/** The tokens of a session and what is known of them. Pure data. */
export interface TokenSet {
  readonly accessToken: string
  /** Undefined where the server does not say: the token then serves until an API refuses it. */
  readonly expiresAt: EpochSeconds | undefined
  readonly receivedAt: EpochSeconds
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  readonly claims: IdTokenClaims | undefined
  /** Space-delimited, as granted. */
  readonly scope: string
}

const longestLifetime: Seconds = 30 * 86_400
const earliestRefresh: Seconds = 60

/** Makes a token set of a token response; what a refresh leaves out stays as it was before. */
export function mergeTokenResponse(
  response: TokenResponse,
  now: EpochSeconds,
  before: Pick<TokenSet, 'refreshToken' | 'idToken' | 'claims' | 'scope'>,
): TokenSet {
  return {
    accessToken: response.accessToken,
    expiresAt:
      response.expiresIn === undefined ? undefined : now + Math.min(response.expiresIn, longestLifetime),
    receivedAt: now,
    refreshToken: response.refreshToken ?? before.refreshToken,
    idToken: response.idToken ?? before.idToken,
    claims: response.claims ?? before.claims,
    scope: response.scope ?? before.scope,
  }
}

/** Whether the access token still serves. */
export function isUsable(tokens: TokenSet, now: EpochSeconds): boolean {
  return tokens.expiresAt === undefined || now < tokens.expiresAt
}

/** Whether the access token serves and is not yet in its last minute (or last tenth, if that is shorter). */
export function isFresh(tokens: TokenSet, now: EpochSeconds): boolean {
  const { expiresAt, receivedAt } = tokens
  if (expiresAt === undefined) return true
  return now < expiresAt - Math.min(earliestRefresh, (expiresAt - receivedAt) / 10)
}
