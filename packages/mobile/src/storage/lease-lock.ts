import {
  type Clock,
  createInProcessLock,
  type EpochMilliseconds,
  type KeyValueStore,
  type Lock,
  type Milliseconds,
} from '@oauth-concierge/core'

interface Lease {
  readonly until: EpochMilliseconds
}

/** Longer than a request may take, so that a lease outlasts what is done under it. */
const term: Milliseconds = 20_000
const patience: Milliseconds = 15_000
/** Longer than anybody takes between looking and writing. */
const settling: Milliseconds = 40
const pause: Milliseconds = 120

/**
 * A lock among all that share `store`, as an app and its background task do: whoever holds it has written down until when.
 * No keychain compares and sets, so who wrote looks again a moment later: of two who wrote at once, the last one has it.
 * A holder that died is waited for until its lease ends or patience does; the work then runs, and is told that it is not alone.
 */
export function createLeaseLock(store: KeyValueStore, clock: Clock): Lock {
  const here = createInProcessLock()

  const tryOnce = async (name: string): Promise<number | undefined> => {
    const found = await store.get(name)
    if (found && isInForce(found.value, clock)) return undefined
    const lease: Lease = { until: clock.wallTime() + term }
    const version = await store.put(name, lease, { ifVersion: found?.version ?? 0 })
    if (version === undefined) return undefined
    await clock.sleep(settling)
    return (await store.get(name))?.version === version ? version : undefined
  }

  const acquire = async (name: string): Promise<number | undefined> => {
    const giveUpAt = clock.monotonicTime() + patience
    for (;;) {
      const version = await tryOnce(name)
      if (version !== undefined || clock.monotonicTime() >= giveUpAt) return version
      await clock.sleep(pause)
    }
  }

  return {
    run: (name, work) =>
      here.run(name, async () => {
        const version = await acquire(name).catch(() => undefined)
        try {
          return await work(version !== undefined)
        } finally {
          if (version !== undefined) await store.delete(name, { ifVersion: version }).catch(() => undefined)
        }
      }),
  }
}

/** A lease from a clock that was set back since would never end. */
function isInForce(value: unknown, clock: Clock): boolean {
  const { until } = Object(value) as Partial<Lease>
  const left = typeof until === 'number' ? until - clock.wallTime() : 0
  return left > 0 && left <= term
}
