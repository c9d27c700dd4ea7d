import type { KeyStore } from '@oauth-concierge/core'
import { createEntryStore, type DatabaseOptions } from './entry-store.ts'
import { isKept, putKept } from './put-kept.ts'

/**
 * Keys in IndexedDB, as the browser's own `CryptoKey` objects: scripts of the origin can use them, none can read them.
 * In a browser that cannot keep a `CryptoKey` (Lockdown Mode, old engines) `put` rejects with StorageError `key_not_kept`;
 * no key is ever kept in another form. Keys stand beside the sessions they belong to, so a browser evicts both or none.
 */
export function createIndexedDbKeyStore(options?: DatabaseOptions): KeyStore {
  const store = createEntryStore(options)
  const keyOf = (name: string): string => `key:${name}`
  const keyStore: KeyStore = {
    get: async (name) => {
      const value = (await store.get(keyOf(name)))?.value
      return isPair(value) ? value : undefined
    },
    put: async (name, pair) => {
      const found = await store.get(keyOf(name))
      if (isPair(found?.value)) return found.value
      const version = await putKept(store, {
        key: keyOf(name),
        value: pair,
        ifVersion: found?.version ?? 0,
        keyIn: ({ privateKey }) => privateKey,
      })
      // Somebody else was faster: theirs it is.
      return version === undefined ? keyStore.put(name, pair) : pair
    },
    delete: (name) => store.delete(keyOf(name)),
  }
  return keyStore
}

function isPair(value: unknown): value is CryptoKeyPair {
  return isKept((Object(value) as Partial<CryptoKeyPair>).privateKey)
}
