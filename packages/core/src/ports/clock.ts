/** Seconds since 1970-01-01T00:00:00Z, as in a JWT's NumericDate. */
export type EpochSeconds = number
/** Milliseconds since 1970-01-01T00:00:00Z, as in `Date.now()`. */
export type EpochMilliseconds = number
/** A length of time in milliseconds. */
export type Milliseconds = number
/** A length of time in seconds. */
export type Seconds = number

/** The two clocks of a machine: one that people set, one that only runs. */
export interface Clock {
  /** What the wall clock shows. It may jump either way. */
  wallTime(): EpochMilliseconds
  /** Time since some fixed moment. It never runs back. */
  monotonicTime(): Milliseconds
  /** Resolves when `duration` has passed; rejects with the signal's reason when that is aborted first. */
  sleep(duration: Milliseconds, signal?: AbortSignal): Promise<void>
}

/** What the wall clock shows, in seconds with a fraction. */
export function epochSeconds(clock: Clock): EpochSeconds {
  return clock.wallTime() / 1000
}
