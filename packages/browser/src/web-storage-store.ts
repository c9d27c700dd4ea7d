import type { KeyValueStore, StoredValue } from '@oauth-concierge/core'
import { newVersion } from './stores/new-version.ts'
import { toStorageError } from './stores/to-storage-error.ts'

/**
 * A store over one of the page's web storages. Each operation is synchronous, so within a tab it is one step.
 * An entry that cannot be read back (truncated, foreign) counts as absent.
 */
export function createWebStorageStore(storage: () => Storage): KeyValueStore {
  const attempt = async <Result>(operation: string, work: (storage: Storage) => Result): Promise<Result> => {
    try {
      return work(storage())
    } catch (error) {
      throw toStorageError(operation, error)
    }
  }
  return {
    atomic: true,
    get: (key) => attempt('read', (area) => parse(area.getItem(key))),
    put: (key, value, options) =>
      attempt('write', (area) => {
        const before = parse(area.getItem(key))?.version ?? 0
        if (options?.ifVersion !== undefined && options.ifVersion !== before) return undefined
        const version = newVersion()
        area.setItem(key, JSON.stringify({ value, version }))
        return version
      }),
    take: (key) =>
      attempt('take', (area) => {
        const taken = parse(area.getItem(key))?.value
        area.removeItem(key)
        return taken
      }),
    delete: (key, options) =>
      attempt('delete', (area) => {
        const isExpected =
          options?.ifVersion === undefined || parse(area.getItem(key))?.version === options.ifVersion
        if (isExpected) area.removeItem(key)
      }),
  }
}

function parse(text: string | null): StoredValue | undefined {
  try {
    const entry = Object(JSON.parse(text ?? 'null')) as Partial<StoredValue>
    return typeof entry.version === 'number' && 'value' in entry ? (entry as StoredValue) : undefined
  } catch {
    return undefined
  }
}
