import { createMemoryStore } from '@oauth-concierge/core'
import type { TokenStore } from './token-store.ts'

/** Tokens in the page's memory: gone with the page, and no tab has another's. */
export function memoryTokens(): TokenStore {
  return { name: 'memory', isShared: false, vault: () => createMemoryStore() }
}
