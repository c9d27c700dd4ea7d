import { createIndexedDbStore } from './indexed-db-store.ts'
import type { TokenStore } from './token-store.ts'
import { withFallback } from './with-fallback.ts'

/**
 * Unsafe: tokens in plain text in IndexedDB. The session outlives the browser and is every tab's, and whatever script runs on the origin for a moment
 * can carry it off, whenever that is. Not in `localStorage`, which tabs of several processes do not see alike.
 */
export function unsafeLocalTokens(): TokenStore {
  return {
    name: 'local',
    isShared: true,
    vault: ({ runtime = {}, onDegraded = () => undefined }) => {
      const store = createIndexedDbStore({ runtime })
      return withFallback(store, { purge: store.purge, onDegraded })
    },
  }
}
