import type { AuthOptions as CommonOptions } from './auth-options.ts'
import type { Auth } from './auth.ts'
import { createAuthOver } from './create-auth-over.ts'
import { createInPageEngine } from './in-page-engine.ts'
import { memoryTokens } from './stores/memory-tokens.ts'
import type { TokenStore } from './stores/token-store.ts'
import type { WorkerTokenStore } from './worker/worker-tokens.ts'

/** How a single-page app is registered at its authorization server, what it may do, and where its tokens live. */
export interface AuthOptions extends CommonOptions {
  /** Where the tokens live. Default `memoryTokens()`: in the page's memory. */
  readonly tokenStore?: TokenStore | WorkerTokenStore
}

/**
 * Login for a single-page app: authorization code flow with PKCE, tokens in the page's memory or where `tokenStore` says.
 * Construction does nothing but check its options, on a server as well.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createAuth({ tokenStore = memoryTokens(), ...options }: AuthOptions): Auth {
  return createAuthOver(options, tokenStore, (engineOptions) =>
    'openEngine' in tokenStore
      ? tokenStore.openEngine(engineOptions)
      : createInPageEngine(tokenStore, engineOptions),
  )
}
