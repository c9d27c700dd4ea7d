import type { EpochSeconds } from '../options.ts'
import type { ServerClock } from './clock.ts'

const sweepEverySeconds = 30

/**
 * A map whose entries are dropped at their time, and which never holds more than `capacity` of them:
 * the oldest goes first. It keeps a long-running server's memory flat.
 */
export class ExpiringMap<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly keepUntil: EpochSeconds }>()
  readonly #clock: ServerClock
  readonly #capacity: number
  #nextSweep = 0

  constructor(clock: ServerClock, capacity: number = 10_000) {
    this.#clock = clock
    this.#capacity = capacity
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (entry.keepUntil > this.#clock.now()) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  /** Puts or replaces an entry, to be kept until that time. */
  set(key: string, value: Value, keepUntil: EpochSeconds): void {
    this.#sweep()
    this.#entries.delete(key)
    this.#entries.set(key, { value, keepUntil })
    if (this.#entries.size > this.#capacity) this.#dropOldest()
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  /** Every value that has not expired. */
  values(): Value[] {
    const now = this.#clock.now()
    return [...this.#entries.values()].filter((entry) => entry.keepUntil > now).map((entry) => entry.value)
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key)
      return
    }
  }

  #sweep(): void {
    const now = this.#clock.now()
    if (now < this.#nextSweep) return
    this.#nextSweep = now + sweepEverySeconds
    for (const [key, entry] of this.#entries) if (entry.keepUntil <= now) this.#entries.delete(key)
  }
}
