import { createEntryStore, type DatabaseOptions, type PurgeableStore } from './entry-store.ts'

/**
 * A store over IndexedDB, shared by all tabs of the origin; each operation is one step for all of them.
 * What is in it is plain: every script of the origin can read it. A store that is blocked, or does not open within a second,
 * rejects with StorageError.
 *
 * An entry that cannot be read back counts as absent. So does one of a later release of this SDK, but that one is not written over:
 * a `put` there rejects with StorageError `storage_failed`.
 */
export function createIndexedDbStore(options?: DatabaseOptions): PurgeableStore {
  const store = createEntryStore(options)
  return { ...store, put: (key, value, condition) => store.put(key, toPlainData(value), condition) }
}

/** As in a web storage: a proxy or an object with methods is kept as the data that it shows, where cloning would refuse it. */
function toPlainData(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
