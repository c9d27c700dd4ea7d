import { ConciergeError } from '../errors.ts'
import type { Milliseconds } from '../ports/clock.ts'
import type { Runtime } from '../ports/runtime.ts'

/** Keeps a failing request from being tried again at once, and again. */
export interface Backoff {
  /** @throws the last error, while it is too early for another attempt */
  check(): void
  /** Notes how an attempt ended; `undefined` for a success. */
  note(error: unknown): void
}

const firstPause: Milliseconds = 2_000
const growth = 3
const longestPause: Milliseconds = 120_000

/**
 * The second attempt may follow at once; each one after that waits three times as long as the one before, less up to a quarter by chance,
 * 2 minutes at the most; or as long as the server asked for. That is at most twelve attempts in ten minutes.
 */
export function createBackoff({ clock, random }: Runtime): Backoff {
  let failures = 0
  let notBefore: Milliseconds = 0
  let last: unknown
  return {
    check: () => {
      if (failures > 0 && clock.monotonicTime() < notBefore) throw last
    },
    note: (error) => {
      failures = error === undefined ? 0 : failures + 1
      last = error
      if (failures > 0) notBefore = clock.monotonicTime() + pauseAfter(failures, error, random())
    },
  }
}

function pauseAfter(failures: number, error: unknown, chance: number): Milliseconds {
  const asked =
    error instanceof ConciergeError ? (error as { readonly retryAfter?: number }).retryAfter : undefined
  if (asked !== undefined) return asked * 1000
  if (failures === 1) return 0
  return Math.min(longestPause, firstPause * growth ** (failures - 2)) * (1 - chance / 4)
}
