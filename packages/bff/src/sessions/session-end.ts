import { type EpochSeconds, readRefreshEnd } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'

/**
 * When a session that is used now is over, unless it is used again: by its lifetimes, and never later than the server says that its refresh token is.
 * @param tokens what the session machine remembers
 */
export function sessionEnd(
  { lifetimes, now }: Pick<BffContext, 'lifetimes' | 'now'>,
  endsAt: EpochSeconds,
  tokens: unknown,
): EpochSeconds {
  return Math.min(now() + lifetimes.rolling, endsAt, readRefreshEnd(tokens) ?? Infinity)
}
