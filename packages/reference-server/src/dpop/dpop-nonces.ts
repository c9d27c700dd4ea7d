import type { EpochSeconds } from '../options.ts'
import type { ServerClock } from '../state/clock.ts'
import { ExpiringMap } from '../state/expiring-map.ts'

/** The nonces that proofs must carry. @see RFC 9449 section 8 */
export interface DpopNonces {
  /** False where proofs need no nonce. */
  readonly required: boolean
  /** The nonce to hand out now. It is replaced at half its lifetime, so that each is good for a while yet. */
  current(): string
  /** Says whether this nonce was handed out and has not expired. */
  isValid(nonce: string): boolean
}

/** What nonces are made from. */
export interface DpopNonceOptions {
  readonly required: boolean
  readonly lifetime: number
  readonly clock: ServerClock
  readonly newSecret: () => string
}

/** Nonces for one server: its endpoints share them, as clients keep one for each origin. */
export function createDpopNonces({ required, lifetime, clock, newSecret }: DpopNonceOptions): DpopNonces {
  const handedOut = new ExpiringMap<true>(clock)
  let latest: { readonly nonce: string; readonly replaceAt: EpochSeconds } | undefined
  return {
    required,
    current() {
      const now = clock.now()
      if (latest && now < latest.replaceAt) return latest.nonce
      latest = { nonce: newSecret(), replaceAt: now + lifetime / 2 }
      handedOut.set(latest.nonce, true, now + lifetime)
      return latest.nonce
    },
    isValid: (nonce) => handedOut.get(nonce) === true,
  }
}
