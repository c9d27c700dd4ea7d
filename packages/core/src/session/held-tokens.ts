import {
  type Clock,
  epochSeconds,
  type EpochSeconds,
  type Milliseconds,
  type Seconds,
} from '../ports/clock.ts'
import type { Session } from './session-state.ts'
import type { AccessGrant } from './token-set.ts'
import type { VaultEntry } from './token-vault.ts'

/** A vault entry in this process's memory, with what it takes to know ages whatever people do to the wall clock. */
export interface HeldTokens extends VaultEntry {
  readonly takenAt: EpochSeconds
  readonly takenAtMonotonic: Milliseconds
}

/** What this object knows of the session in force: what a fresh access token is served from without any wait. */
export interface Holder {
  readonly held: HeldTokens | undefined
  /** Takes tokens up as those in force, or none, and shows the session that goes with them. */
  take(held: HeldTokens | undefined, session: Session): void
}

/** Takes an entry into memory. */
export function holdTokens(entry: VaultEntry, clock: Clock): HeldTokens {
  return { ...entry, takenAt: epochSeconds(clock), takenAtMonotonic: clock.monotonicTime() }
}

/**
 * How old an access token of `held` is: by the wall clock, which runs on while a machine sleeps, or by the clock that nobody sets,
 * whichever says more. One that came from the future (the wall clock was set back since) counts as too old to trust.
 */
export function ageOf(held: HeldTokens, { receivedAt }: AccessGrant, clock: Clock): Seconds {
  const ageWhenTaken = held.takenAt < receivedAt ? Infinity : held.takenAt - receivedAt
  const byMonotonic = ageWhenTaken + (clock.monotonicTime() - held.takenAtMonotonic) / 1000
  return Math.max(epochSeconds(clock) - receivedAt, byMonotonic)
}
