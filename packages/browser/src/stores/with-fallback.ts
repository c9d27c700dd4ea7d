import { createMemoryStore, type KeyValueStore, StorageError } from '@oauth-concierge/core'

/** What happens where a store does not work. */
export interface FallbackOptions {
  /** What takes its place. Default: memory, so that what is written there ends with the page. */
  readonly fallback?: KeyValueStore
  /** Clears out what the store can do without. Called once, when the store is full; then the write is tried again. */
  readonly purge?: () => Promise<void>
  /** Learns, once, why not everything is kept where it was meant to be: `code` says it. */
  readonly onDegraded?: (reason: StorageError) => void
}

/**
 * A store that goes on where `store` cannot.
 *
 * If the first operation fails (blocked, not open within its time), everything goes to the fallback. Once `store` has worked, only a write that
 * it cannot take (full, no keys kept) goes there, and `store` first lets go of what that write replaces: nobody shall find a spent token there.
 * Any other failure is thrown, since others may have written meanwhile what the fallback knows nothing of.
 */
export function withFallback(store: KeyValueStore, options: FallbackOptions = {}): KeyValueStore {
  const { fallback = createMemoryStore(), onDegraded } = options
  let { purge } = options
  let hasWorked = false
  let hasFallen = false
  let isTold = false

  const tell = (reason: StorageError): void => {
    if (!isTold) onDegraded?.(reason)
    isTold = true
  }

  const attempt = async <Result>(work: (store: KeyValueStore) => Promise<Result>): Promise<Result> => {
    if (hasFallen) return work(fallback)
    try {
      const result = await work(store)
      hasWorked = true
      return result
    } catch (error) {
      if (hasWorked || !(error instanceof StorageError)) throw error
      hasFallen = true
      tell(error)
      return work(fallback)
    }
  }

  const isDiverted = async (key: string): Promise<boolean> => (await fallback.get(key)) !== undefined

  const write = async (store: KeyValueStore, ...write: Parameters<KeyValueStore['put']>) => {
    try {
      return await store.put(...write)
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'storage_full' || !purge) throw error
      const clear = purge
      purge = undefined
      await clear()
      return store.put(...write)
    }
  }

  /** Makes the store let go of what a write replaces; gives whether the write may then be made elsewhere. */
  const release = async (key: string, ifVersion: number | undefined): Promise<boolean> => {
    const found = await store.get(key)
    if (ifVersion !== undefined && ifVersion !== (found?.version ?? 0)) return false
    if (!found) return true
    await store.delete(key, { ifVersion: found.version })
    return (await store.get(key)) === undefined
  }

  return {
    atomic: store.atomic,
    get: async (key) => (await fallback.get(key)) ?? attempt((store) => store.get(key)),
    put: async (key, value, condition) => {
      if (await isDiverted(key)) return fallback.put(key, value, condition)
      return attempt(async (current) => {
        if (current === fallback) return fallback.put(key, value, condition)
        try {
          return await write(store, key, value, condition)
        } catch (error) {
          if (!(error instanceof StorageError)) throw error
          // A store that does not even let go fails with the first error.
          const isReleased = await release(key, condition?.ifVersion).catch(() => {
            throw error
          })
          if (!isReleased) return undefined
          tell(error)
          return fallback.put(key, value)
        }
      })
    },
    take: async (key) => ((await isDiverted(key)) ? fallback.take(key) : attempt((store) => store.take(key))),
    delete: async (key, condition) => {
      await fallback.delete(key, condition)
      if (!hasFallen) await attempt((store) => store.delete(key, condition))
    },
  }
}
