import { completeRuntime, type KeyValueStore, type Runtime, StorageError } from '@oauth-concierge/core'
import { createEntry, isNewer, isUnreadable, readEntry } from './entry.ts'
import { newVersion } from './new-version.ts'
import { openDatabase, type Transaction } from './open-database.ts'
import { toStorageError } from './to-storage-error.ts'

/** Where entries are kept. */
export interface DatabaseOptions {
  /** Name of the IndexedDB database. Default `concierge`. Clients and issuers share it: the keys tell them apart. */
  readonly database?: string
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Runtime>
}

/** A store that can make room. */
export interface PurgeableStore extends KeyValueStore {
  /** Removes what nobody will ever read: damaged entries, and those of earlier schemas. @throws StorageError `storage_failed` */
  purge(): Promise<void>
}

/**
 * A store over IndexedDB. Each operation is one transaction, so one step for every tab, and over when it is committed.
 * A value may be whatever the browser can clone, a `CryptoKey` too.
 */
export function createEntryStore({ database = 'concierge', runtime }: DatabaseOptions = {}): PurgeableStore {
  const transact = openDatabase(database, completeRuntime(runtime).clock)

  const attempt = <Found, Result>(
    operation: string,
    transaction: Transaction<Found, Result>,
  ): Promise<Result> =>
    transact(transaction).catch((error: unknown) => {
      throw toStorageError(operation, error)
    })

  const change = <Result>(
    operation: string,
    key: string,
    act: (found: unknown, entries: IDBObjectStore) => Result,
  ): Promise<Result> => attempt(operation, { mode: 'readwrite', ask: (entries) => entries.get(key), act })

  return {
    atomic: true,
    get: async (key) => {
      const found = await attempt('read', {
        mode: 'readonly',
        ask: (entries) => entries.get(key),
        act: (found: unknown) => found,
      })
      if (!isUnreadable(found)) return readEntry(found)
      await change('delete', key, (found, entries) => void (isUnreadable(found) && entries.delete(key)))
      return undefined
    },
    put: (key, value, { ifVersion } = {}) =>
      change('write', key, (found, entries) => {
        if (isNewer(found)) throw newerEntry()
        if (ifVersion !== undefined && ifVersion !== (readEntry(found)?.version ?? 0)) return undefined
        const version = newVersion()
        entries.put(createEntry(value, version), key)
        return version
      }),
    take: (key) =>
      change('take', key, (found, entries) => {
        if (!isNewer(found)) entries.delete(key)
        return readEntry(found)?.value
      }),
    delete: (key, { ifVersion } = {}) =>
      change('delete', key, (found, entries) => {
        if (ifVersion === undefined || readEntry(found)?.version === ifVersion) entries.delete(key)
      }),
    purge: () =>
      attempt('purge', { mode: 'readwrite', ask: (entries) => entries.openCursor(), act: purgeAtCursor }),
  }
}

function purgeAtCursor(cursor: IDBCursorWithValue | null): void {
  if (!cursor) return
  if (isUnreadable(cursor.value)) cursor.delete()
  cursor.continue()
}

/** Not `undefined`, which would say that somebody else was faster: whoever tries again then would try for ever. */
function newerEntry(): StorageError {
  return new StorageError(
    'storage_failed',
    'A later release of this SDK has written here. What it wrote is left as it is.',
  )
}
