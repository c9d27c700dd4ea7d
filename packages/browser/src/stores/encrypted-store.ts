import { createEntryStore, type DatabaseOptions, type PurgeableStore } from './entry-store.ts'
import { putKept } from './put-kept.ts'
import { openSealed, seal } from './seal.ts'

/**
 * A store over IndexedDB, shared by all tabs of the origin, whose values are encrypted with keys that no script can read.
 * It makes a dump of the database worthless. It does not keep a script of the page from asking this store.
 *
 * An entry is bound to its place, whose name holds client and issuer; the user is named inside. Moved, edited, cut off or without its key
 * it counts as absent and is removed. In a browser that cannot keep a `CryptoKey` (Lockdown Mode, old engines) `put` rejects with
 * StorageError `key_not_kept`: nothing is ever written in plain text.
 */
export function createEncryptedStore(options?: DatabaseOptions): PurgeableStore {
  const store = createEntryStore(options)
  return {
    ...store,
    get: async (key) => {
      const stored = await store.get(key)
      const opened = await openSealed(key, stored?.value)
      if (stored && opened) return { value: opened.value, version: stored.version }
      if (stored) await store.delete(key, { ifVersion: stored.version })
      return undefined
    },
    put: async (key, value, { ifVersion } = {}) => {
      const sealed = await seal(key, value)
      return putKept(store, { key, value: sealed, ifVersion, keyIn: (written) => written.key })
    },
    take: async (key) => (await openSealed(key, await store.take(key)))?.value,
  }
}
