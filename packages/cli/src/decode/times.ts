import type { EpochSeconds } from '@oauth-concierge/core'

/** Claims that say a time. @see RFC 7519 section 4.1, OpenID Connect Core sections 2 and 5.1 */
const timeClaims = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at'] as const

/** A time in a JWT, in words. */
export interface NamedTime {
  readonly claim: string
  /** ISO 8601. */
  readonly at: string
  /** Such as `in 5 minutes`. */
  readonly relative: string
}

/** Beyond this, a number of seconds is one of milliseconds: it would be the year 5138. */
const millisecondsFrom = 100_000_000_000

/** Whether a time was written in milliseconds. */
export function isInMilliseconds(value: number): boolean {
  return Math.abs(value) >= millisecondsFrom
}

/** What a time claim means; undefined for what is no number, or is no time. What is in milliseconds is read so. */
export function readTime(value: unknown): EpochSeconds | undefined {
  if (typeof value !== 'number') return undefined
  const seconds = isInMilliseconds(value) ? value / 1000 : value
  return Number.isNaN(new Date(seconds * 1000).getTime()) ? undefined : seconds
}

/** The times among the claims. */
export function listTimes(
  claims: Readonly<Record<string, unknown>>,
  now: EpochSeconds,
): readonly NamedTime[] {
  return timeClaims.flatMap((claim) => {
    const time = readTime(claims[claim])
    return time === undefined ? [] : [{ claim, at: isoTime(time), relative: relativeTime(time - now) }]
  })
}

/** Without a fraction where it has none. */
export function isoTime(time: EpochSeconds): string {
  return new Date(time * 1000).toISOString().replace('.000Z', 'Z')
}

const units = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** A length of time in its two largest units. */
export function duration(seconds: number): string {
  let left = Math.round(Math.abs(seconds))
  const parts: string[] = []
  for (const [unit, size] of units) {
    const count = Math.floor(left / size)
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    left -= count * size
    if (parts.length > 0 && count === 0) break
  }
  return parts.join(' ') || '0 seconds'
}

function relativeTime(distance: number): string {
  if (Math.abs(distance) < 1) return 'now'
  return distance > 0 ? `in ${duration(distance)}` : `${duration(distance)} ago`
}
