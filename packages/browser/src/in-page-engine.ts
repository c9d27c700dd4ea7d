import { createRelyingParty } from '@oauth-concierge/core'
import type { Engine, EngineOptions } from './engine.ts'
import type { TokenStore } from './stores/token-store.ts'
import { createWebStorageStore } from './web-storage-store.ts'

/** The page has the tokens, in `tokenStore`, and renews them. Logins under way are in the tab's `sessionStorage`. */
export function createInPageEngine({ vault, isShared }: TokenStore, options: EngineOptions): Engine {
  return createRelyingParty({
    ...options,
    transactions: createWebStorageStore(() => window.sessionStorage),
    vault: { ...vault(options), isShared },
  })
}
