import { type Clock, epochSeconds, type EpochSeconds, type Seconds } from '../ports/clock.ts'
import { buildDpopProof, type DpopKey } from './dpop-proof.ts'

/** Makes proofs with what the servers' answers teach of nonces and of the time. */
export interface DpopProver {
  prove(key: DpopKey, method: string, url: string, accessToken?: string): Promise<string>
  /** Keeps the nonce of an answer, the latest for each origin. */
  learnNonce(url: string, response: Response): void
  learnServerTime(time: EpochSeconds): void
  /** By how many seconds the server's clock is ahead of ours, as far as that is known. */
  offset(): Seconds
}

/** More than a wrong time zone and a wrong half of the day together is no clock, so it is not believed. */
const mostOffset: Seconds = 43_200

/** Starts without nonces, and takes the server's clock to be ours until it is told otherwise. */
export function createDpopProver(clock: Clock): DpopProver {
  const nonces = new Map<string, string>()
  let offset: Seconds = 0
  return {
    prove: (key, method, url, accessToken) => {
      const nonce = nonces.get(new URL(url).origin)
      const issuedAt = epochSeconds(clock) + offset
      return buildDpopProof(key, { method, url, accessToken, nonce, issuedAt })
    },
    learnNonce: (url, { headers }) => {
      const nonce = headers.get('dpop-nonce')
      if (nonce) nonces.set(new URL(url).origin, nonce)
    },
    learnServerTime: (time) => {
      const found = time - epochSeconds(clock)
      if (Math.abs(found) < mostOffset) offset = found
    },
    offset: () => offset,
  }
}
