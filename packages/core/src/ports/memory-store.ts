import type { KeyValueStore, StoredValue } from './key-value-store.ts'

/** A store in this object's memory: gone with the page or process, shared with nobody. */
export function createMemoryStore(): KeyValueStore {
  const entries = new Map<string, StoredValue>()
  let lastVersion = 0
  return {
    atomic: true,
    get: async (key) => entries.get(key),
    put: async (key, value, options) => {
      if (options?.ifVersion !== undefined && (entries.get(key)?.version ?? 0) !== options.ifVersion) {
        return undefined
      }
      entries.set(key, { value, version: ++lastVersion })
      return lastVersion
    },
    take: async (key) => {
      const taken = entries.get(key)?.value
      entries.delete(key)
      return taken
    },
    delete: async (key, options) => {
      if (options?.ifVersion === undefined || entries.get(key)?.version === options.ifVersion)
        entries.delete(key)
    },
  }
}
