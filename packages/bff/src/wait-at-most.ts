import type { Clock, Milliseconds } from '@oauth-concierge/core'

/** Work that somebody waits for, up to a point. */
export interface BoundedWait<Result> {
  readonly clock: Clock
  readonly longest: Milliseconds
  readonly work: Promise<Result>
  /** What is said where the work takes longer; it goes on all the same. */
  readonly late: () => Result
}

/** The outcome of the work, if it comes in time. */
export async function waitAtMost<Result>({
  clock,
  longest,
  work,
  late,
}: BoundedWait<Result>): Promise<Result> {
  const inTime = new AbortController()
  try {
    return await Promise.race([work, clock.sleep(longest, inTime.signal).then(late)])
  } finally {
    inTime.abort()
  }
}
