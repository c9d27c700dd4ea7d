import type { ConciergeError } from '../errors.ts'
import { ProtocolError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Seconds } from '../ports/clock.ts'
import type { Client } from './client.ts'
import { conciergeError } from './oauth.ts'

/** How long, and how often at most, the token endpoint may be asked about a login that happens elsewhere. */
export interface PollingTerms {
  /** When the server stops waiting for the user, by this machine's clock. */
  readonly expiresAt: EpochSeconds
  /** The least time between two questions. */
  readonly interval: Seconds
}

const defaultInterval: Seconds = 5
const longestWait: Seconds = 86_400

/** The terms that an answer names, kept to what can be: at least a second, and a day at the most. */
export function readPollingTerms(
  client: Client,
  answer: { readonly expires_in: number; readonly interval?: number },
): PollingTerms {
  return {
    expiresAt: epochSeconds(client.runtime.clock) + Math.min(answer.expires_in, longestWait),
    interval: Math.min(Math.max(answer.interval ?? defaultInterval, 1), longestWait),
  }
}

/** What to say of a login request that failed. */
export function loginRequestError(error: unknown): ConciergeError {
  const known = conciergeError(error)
  if (!(known instanceof ProtocolError)) return known
  return new ProtocolError('login_request_malformed', known.message)
}
