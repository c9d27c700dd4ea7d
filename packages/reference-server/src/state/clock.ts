import type { EpochSeconds } from '../options.ts'

/** The server's time: it follows its source, and a test can move it ahead. */
export interface ServerClock {
  /** The current time in whole seconds since 1970. */
  now(): EpochSeconds
  /** The current time with its fraction, to the microsecond. */
  preciseNow(): number
  /** Moves the time ahead by `seconds`; a negative number moves it back. */
  advance(seconds: number): void
}

/** Builds a clock over `source` (seconds since 1970, by default the real time). */
export function createServerClock(source: () => number = () => Date.now() / 1000): ServerClock {
  let ahead = 0
  return {
    now: () => Math.floor(source() + ahead),
    preciseNow: () => Math.round((source() + ahead) * 1e6) / 1e6,
    advance(seconds) {
      ahead += seconds
    },
  }
}
