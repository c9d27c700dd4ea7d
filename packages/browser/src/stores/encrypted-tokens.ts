import { createEncryptedStore } from './encrypted-store.ts'
import type { TokenStore } from './token-store.ts'
import { withFallback } from './with-fallback.ts'

/**
 * Tokens in IndexedDB, encrypted with keys that no script can read: the session outlives the browser and is every tab's.
 * Where the browser keeps no such keys, or no IndexedDB, tokens are in memory, and `onDegraded` learns it.
 */
export function encryptedTokens(): TokenStore {
  return {
    name: 'encrypted',
    isShared: true,
    vault: ({ runtime = {}, onDegraded = () => undefined }) => {
      const store = createEncryptedStore({ runtime })
      return withFallback(store, { purge: store.purge, onDegraded })
    },
  }
}
