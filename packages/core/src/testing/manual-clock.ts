import type { Clock, EpochSeconds, Seconds } from '../ports/clock.ts'

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /** Lets time pass on both clocks and wakes whoever slept until then. */
  advance(seconds: Seconds): Promise<void>
  /** Sets the wall clock alone, as people and time servers do. */
  setWallTime(time: EpochSeconds): void
}

interface Sleeper {
  readonly wakeAt: number
  readonly wake: () => void
}

/** @param start what the wall clock shows at first */
export function createManualClock(start: EpochSeconds = 1_800_000_000): ManualClock {
  let wall = start * 1000
  let monotonic = 0
  let sleepers: readonly Sleeper[] = []
  return {
    wallTime: () => wall,
    monotonicTime: () => monotonic,
    sleep: (duration, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const sleeper = { wakeAt: monotonic + duration, wake: resolve }
        sleepers = [...sleepers, sleeper]
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          reject(signal.reason)
        })
      }),
    advance: async (seconds) => {
      wall += seconds * 1000
      monotonic += seconds * 1000
      const due = sleepers.filter(({ wakeAt }) => wakeAt <= monotonic)
      sleepers = sleepers.filter(({ wakeAt }) => wakeAt > monotonic)
      for (const { wake } of due) wake()
      await settle()
    },
    setWallTime: (time) => {
      wall = time * 1000
    },
  }
}

/** Lets every promise that can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}
