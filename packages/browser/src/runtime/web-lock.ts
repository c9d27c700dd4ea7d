import {
  type Clock,
  createInProcessLock,
  type Lock,
  type Milliseconds,
  TransportError,
} from '@oauth-concierge/core'

/** Longer than any request may take, so that whoever holds the lock still then is frozen or stuck. */
const patience: Milliseconds = 15_000

/**
 * A lock among the tabs of an origin, over Web Locks. Its wait has an end: whoever holds it may be a frozen page. Nobody's lock is stolen.
 * Where the browser has no Web Locks, work runs at once and knows that it is not alone; see `createPatientLock`.
 */
export function createWebLock(clock: Clock): Lock {
  const withoutWebLocks = createPatientLock(clock)
  return {
    run: async (name, work) => {
      const { locks } = globalThis.navigator as Partial<Navigator>
      if (!locks) return withoutWebLocks.run(name, work)
      const givenUp = new AbortController()
      const served = new AbortController()
      clock.sleep(patience, served.signal).then(
        () => givenUp.abort(),
        () => undefined,
      )
      const begun = { isIn: false }
      try {
        return await locks.request(name, { signal: givenUp.signal }, () => {
          begun.isIn = true
          served.abort()
          return work(true)
        })
      } catch (error) {
        if (begun.isIn) throw error
        return work(false)
      } finally {
        served.abort()
      }
    },
  }
}

const mostLooks = 12
const betweenLooks: Milliseconds = 1_000

/**
 * In the place of a lock between tabs: within the tab one after the other; and work that comes upon another tab's request, which is a write-ahead
 * mark in the store that only one of them can set, looks again once a second until that tab has had its answer.
 */
export function createPatientLock(clock: Clock): Lock {
  const lock = createInProcessLock()
  return {
    run: (name, work) =>
      lock.run(name, async () => {
        for (let look = 1; ; look += 1) {
          try {
            return await work(false)
          } catch (error) {
            const isUnderWay = error instanceof TransportError && error.code === 'refresh_outcome_unknown'
            if (!isUnderWay || look === mostLooks) throw error
            await clock.sleep(betweenLooks)
          }
        }
      }),
  }
}
