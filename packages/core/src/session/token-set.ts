import type { EpochSeconds, Seconds } from '../ports/clock.ts'
import type { AuthorizationDetail } from '../protocol/authorization-request.ts'
import type { IdTokenClaims } from '../protocol/id-token.ts'
import type { TokenResponse } from '../protocol/token-request.ts'

/** An access token and what is known of it. Pure data. */
export interface AccessGrant {
  readonly accessToken: string
  /** Undefined where the server does not say: the token then serves until an API refuses it. */
  readonly expiresIn: Seconds | undefined
  /** When it came, by the wall clock of that moment. */
  readonly receivedAt: EpochSeconds
  /** The age from which it is renewed: before its end, and not at the same moment as everybody else's. */
  readonly renewAt: Seconds | undefined
  /** Thumbprint of the key that it is bound to; undefined where it is bound to none. */
  readonly boundTo?: string | undefined
  /** Space-delimited, as granted. */
  readonly scope: string
}

/** The tokens of a session. */
export interface TokenSet extends AccessGrant {
  readonly refreshToken: string | undefined
  /** When the refresh token ends, as the server said; undefined where it did not. */
  readonly refreshExpiresAt?: EpochSeconds | undefined
  readonly idToken: string | undefined
  readonly claims: IdTokenClaims | undefined
  /** As granted; undefined where the server does not say. */
  readonly authorizationDetails?: readonly AuthorizationDetail[] | undefined
}

const longestLifetime: Seconds = 30 * 86_400
const earliestRenewal: Seconds = 60
const lastSeconds: Seconds = 10

/**
 * Makes a token set of a token response; what a refresh leaves out stays as it was before.
 * @param random between 0 and 1: spreads the renewals of many holders
 */
export function mergeTokenResponse(
  response: TokenResponse,
  before: Omit<TokenSet, keyof Omit<AccessGrant, 'scope'>>,
  { now, random }: { readonly now: EpochSeconds; readonly random: number },
): TokenSet {
  const expiresIn =
    response.expiresIn === undefined ? undefined : Math.min(response.expiresIn, longestLifetime)
  return {
    accessToken: response.accessToken,
    expiresIn,
    receivedAt: now,
    renewAt: expiresIn && expiresIn - Math.min(earliestRenewal, expiresIn / 10) * (1 - random / 2),
    refreshToken: response.refreshToken ?? before.refreshToken,
    refreshExpiresAt: refreshEndOf(response, before, now),
    idToken: response.idToken ?? before.idToken,
    claims: response.claims ?? before.claims,
    scope: response.scope ?? before.scope,
    authorizationDetails: response.authorizationDetails ?? before.authorizationDetails,
    ...(response.boundTo !== undefined && { boundTo: response.boundTo }),
  }
}

/** A new refresh token of which nothing is said has no known end. */
function refreshEndOf(
  { refreshToken, refreshExpiresIn }: TokenResponse,
  before: Pick<TokenSet, 'refreshExpiresAt'>,
  now: EpochSeconds,
): EpochSeconds | undefined {
  if (refreshExpiresIn !== undefined) return now + refreshExpiresIn
  return refreshToken === undefined ? before.refreshExpiresAt : undefined
}

/** Whether the access token still serves at this age: not in its last seconds, which it may spend on the way. */
export function isUsable({ expiresIn }: AccessGrant, age: Seconds): boolean {
  return expiresIn === undefined || age < expiresIn - Math.min(lastSeconds, expiresIn / 10)
}

/** Whether the access token serves and need not be renewed yet. */
export function isFresh({ renewAt }: AccessGrant, age: Seconds): boolean {
  return renewAt === undefined || age < renewAt
}

/** When the access token ends, by the wall clock; undefined where the server does not say. */
export function expiryOf({ receivedAt, expiresIn }: AccessGrant): EpochSeconds | undefined {
  return expiresIn === undefined ? undefined : receivedAt + expiresIn
}
