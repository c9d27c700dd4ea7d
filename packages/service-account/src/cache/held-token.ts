import type { Clock, Seconds, TokenResponse } from '@oauth-concierge/core'
import type { AccessToken } from '../token-source.ts'

/** An access token in memory, and what it takes to know its age whatever people do to the wall clock. Whole seconds, which cost least memory. */
export interface HeldToken {
  readonly accessToken: string
  readonly tokenType: AccessToken['tokenType']
  readonly boundTo: string | undefined
  readonly scope: string
  readonly expiresIn: Seconds
  /** By the wall clock. */
  readonly receivedAt: Seconds
  /** What the clock that nobody sets showed when the token was received. */
  readonly receivedAtMonotonic: Seconds
  /** The age from which it is renewed: before its end, and not at the same moment as everybody else's. */
  readonly renewAt: Seconds
}

const unknownLifetime: Seconds = 300
const longestLifetime: Seconds = 30 * 86_400
const earliestRenewal: Seconds = 300
const lastSeconds: Seconds = 10

/**
 * Takes a token response into memory.
 * @param random at least 0 and less than 1: spreads the renewals of many processes over a fifth of the time before the end
 */
export function holdToken(
  response: TokenResponse,
  { asked, clock, random }: { readonly asked: string; readonly clock: Clock; readonly random: number },
): HeldToken {
  const expiresIn = Math.floor(Math.min(response.expiresIn ?? unknownLifetime, longestLifetime))
  const lead = Math.min(earliestRenewal, expiresIn / 4)
  return {
    accessToken: response.accessToken,
    tokenType: response.tokenType,
    boundTo: response.boundTo,
    scope: response.scope === undefined || response.scope === asked ? asked : response.scope,
    expiresIn,
    receivedAt: wallSeconds(clock),
    receivedAtMonotonic: monotonicSeconds(clock),
    renewAt: Math.floor(expiresIn - lead * (1 - random / 5)),
  }
}

/** How old a token is: by the clock that runs on while a machine sleeps, or by the one that nobody sets, whichever says more. */
export function ageOf(held: HeldToken, clock: Clock): Seconds {
  return Math.max(wallSeconds(clock) - held.receivedAt, monotonicSeconds(clock) - held.receivedAtMonotonic)
}

/** Whether the token serves and need not be renewed yet. */
export function isFresh(held: HeldToken, clock: Clock): boolean {
  return ageOf(held, clock) < held.renewAt
}

/** Whether the token still serves: not in its last seconds, which it may spend on the way. */
export function isUsable(held: HeldToken, clock: Clock): boolean {
  return ageOf(held, clock) < held.expiresIn - Math.min(lastSeconds, held.expiresIn / 10)
}

/** As it is given to an application. */
export function describeToken({
  accessToken,
  tokenType,
  scope,
  receivedAt,
  expiresIn,
}: HeldToken): AccessToken {
  return { accessToken, tokenType, scope, expiresAt: receivedAt + expiresIn }
}

export function wallSeconds(clock: Clock): Seconds {
  return Math.floor(clock.wallTime() / 1000)
}

export function monotonicSeconds(clock: Clock): Seconds {
  return Math.floor(clock.monotonicTime() / 1000)
}
