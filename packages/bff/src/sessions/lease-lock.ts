import {
  createInProcessLock,
  encodeBase64Url,
  type Lock,
  type Milliseconds,
  type Runtime,
} from '@oauth-concierge/core'

/** Leases in a store that several processes share. Each of these may be sent again without harm. */
export interface Leases {
  /** Takes the lease if it is free. @returns undefined where it is held by `holder` now; else a sign of life of who holds it, another one each time it is renewed */
  acquire(name: string, holder: string, duration: Milliseconds): Promise<string | undefined>
  /** Takes the lease from a holder whose last sign of life is `sign`. @returns whether it is held by `holder` now */
  takeOver(name: string, holder: string, options: TakeOver): Promise<boolean>
  /** Gives a sign of life. @returns whether the lease was still held */
  renew(name: string, holder: string, duration: Milliseconds): Promise<boolean>
  release(name: string, holder: string): Promise<void>
}

/** What it takes to take a lease from another. */
export interface TakeOver {
  readonly sign: string
  readonly duration: Milliseconds
}

/** How long things take. */
export interface LeaseTimes {
  /** After that long without a sign of life, the holder counts as dead. */
  readonly lease: Milliseconds
  /** After that long, work is done without its turn. */
  readonly patience: Milliseconds
}

const firstPause: Milliseconds = 15
const longestPause: Milliseconds = 60
/** A lease that nobody waits for goes away by itself at last. */
const leasesKept = 20

/**
 * A lock over leases. The holder gives signs of life while it works, and whoever waits looks for them: only a holder that was silent for a whole lease,
 * while the store answered all the time, counts as dead. So an outage of the store takes the lock from nobody.
 * A holder that slept through its lease may find others at work: its writes then go over nothing, since each names its version.
 */
export function createLeaseLock(leases: Leases, { clock, random }: Runtime, times: LeaseTimes): Lock {
  const { lease, patience } = times
  const duration = lease * leasesKept
  const turns = createInProcessLock()

  const waitForTurn = async (name: string, holder: string): Promise<boolean> => {
    const start = clock.monotonicTime()
    let seen: string | undefined
    let silentSince = start
    let lookedAt = start
    for (let pause = firstPause; ; pause = Math.min(longestPause, pause * 2)) {
      const sign = await leases.acquire(name, holder, duration)
      if (sign === undefined) return true
      const now = clock.monotonicTime()
      if (sign !== seen || now - lookedAt > lease / 2) silentSince = now
      seen = sign
      lookedAt = now
      if (now - silentSince >= lease && (await leases.takeOver(name, holder, { sign, duration }))) return true
      if (now - start > patience) return false
      await clock.sleep(pause * (0.5 + random()))
    }
  }

  const keep = async (name: string, holder: string, signal: AbortSignal): Promise<void> => {
    for (;;) {
      await clock.sleep(lease / 4, signal)
      if (!(await leases.renew(name, holder, duration))) return
    }
  }

  return {
    run: (name, work) =>
      turns.run(name, async () => {
        const holder = encodeBase64Url(crypto.getRandomValues(new Uint8Array(16)))
        if (!(await waitForTurn(name, holder))) return work(false)
        const over = new AbortController()
        keep(name, holder, over.signal).catch(() => undefined)
        try {
          return await work(true)
        } finally {
          over.abort()
          await leases.release(name, holder).catch(() => undefined)
        }
      }),
  }
}
