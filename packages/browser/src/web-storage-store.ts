import { type KeyValueStore, StorageError, type StoredValue } from '@oauth-concierge/core'

/**
 * A store over one of the page's web storages. Each operation is synchronous, so within a tab it is one step.
 * An entry that cannot be read back (truncated, foreign) counts as absent.
 */
export function createWebStorageStore(storage: () => Storage): KeyValueStore {
  const attempt = async <Result>(operation: string, work: (storage: Storage) => Result): Promise<Result> => {
    try {
      return work(storage())
    } catch (error) {
      const { name } = error as Error
      throw new StorageError('storage_failed', `The browser's storage failed to ${operation} (${name}).`)
    }
  }
  return {
    atomic: true,
    get: (key) => attempt('read', (area) => parse(area.getItem(key))),
    put: (key, value, options) =>
      attempt('write', (area) => {
        const version = parse(area.getItem(key))?.version ?? 0
        if (options?.ifVersion !== undefined && options.ifVersion !== version) return undefined
        area.setItem(key, JSON.stringify({ value, version: version + 1 }))
        return version + 1
      }),
    take: (key) =>
      attempt('take', (area) => {
        const taken = parse(area.getItem(key))?.value
        area.removeItem(key)
        return taken
      }),
    delete: (key) => attempt('delete', (area) => area.removeItem(key)),
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
