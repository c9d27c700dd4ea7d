import { createTabStore } from './tab-store.ts'
import type { TokenStore } from './token-store.ts'
import { withFallback } from './with-fallback.ts'

/**
 * Tokens in the tab's `sessionStorage`, in plain text: the session survives a reload and ends with the tab. Every script of the page can read it.
 * A duplicated tab starts without a session. Where the browser has no Web Locks to tell it by, tokens are in memory, and `onDegraded` learns it.
 */
export function sessionTokens(): TokenStore {
  return {
    name: 'session',
    isShared: false,
    vault: ({ runtime = {}, onDegraded = () => undefined }) =>
      withFallback(createTabStore({ runtime }), { onDegraded }),
  }
}
