import { type Clock, epochSeconds, type Milliseconds, type Seconds } from '../ports/clock.ts'
import type { Session } from './session-state.ts'
import type { VaultEntry } from './token-vault.ts'

/** A vault entry in this process's memory, with what it takes to know its age whatever people do to the wall clock. */
export interface HeldTokens extends VaultEntry {
  readonly ageWhenTaken: Seconds
  readonly takenAt: Milliseconds
}

/** What this object knows of the session in force: what a fresh access token is served from without any wait. */
export interface Holder {
  readonly held: HeldTokens | undefined
  /** Takes tokens up as those in force, or none, and shows the session that goes with them. */
  take(held: HeldTokens | undefined, session: Session): void
}

/** Takes an entry into memory. One from the future (the wall clock was set back since) counts as too old to trust. */
export function holdTokens(entry: VaultEntry, clock: Clock): HeldTokens {
  const age = epochSeconds(clock) - entry.record.tokens.receivedAt
  return { ...entry, ageWhenTaken: age < 0 ? Infinity : age, takenAt: clock.monotonicTime() }
}

/** How old the tokens are: by the wall clock, which runs on while a machine sleeps, or by the clock that nobody sets, whichever says more. */
export function ageOf({ record, ageWhenTaken, takenAt }: HeldTokens, clock: Clock): Seconds {
  const byWall = epochSeconds(clock) - record.tokens.receivedAt
  return Math.max(byWall, ageWhenTaken + (clock.monotonicTime() - takenAt) / 1000)
}
