import type { AccessFault } from '../access/challenges.ts'
import type { Parameters } from '../http/parameters.ts'
import type { EpochSeconds } from '../options.ts'
import type { ProtectedResource } from '../settings.ts'
import type { AccessTokenRecord } from '../state/records.ts'

/** How the user must have authenticated. */
export interface StepUp {
  /** One of these contexts must have been reached; empty where any will do. */
  readonly acrValues: readonly string[]
  /** How old the login may be, in seconds. */
  readonly maxAge: number | undefined
}

/** What the resource demands, or this request's query in its place. */
export function readStepUp({ acrValues, maxAge }: ProtectedResource, query: Parameters): StepUp {
  const seconds = Number(query.get('max_age') ?? Number.NaN)
  return {
    acrValues: query.get('acr_values')?.split(' ') ?? acrValues,
    maxAge: Number.isInteger(seconds) && seconds >= 0 ? seconds : maxAge,
  }
}

/**
 * Checks how and when the user behind a token authenticated. Gives what is wrong, and what would do;
 * undefined where nothing is.
 *
 * @see RFC 9470 section 3
 */
export function findStepUpFault(
  { family: { login } }: AccessTokenRecord,
  { acrValues, maxAge }: StepUp,
  now: EpochSeconds,
): Omit<AccessFault, 'scheme'> | undefined {
  const isStrong = acrValues.length === 0 || (login?.acr !== undefined && acrValues.includes(login.acr))
  const isRecent = maxAge === undefined || (login !== undefined && now - login.authTime <= maxAge)
  if (isStrong && isRecent) return undefined
  return {
    code: 'insufficient_user_authentication',
    description: isStrong ? 'the login is too old' : 'a stronger authentication is needed',
    status: 401,
    parameters: {
      ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
    },
  }
}
