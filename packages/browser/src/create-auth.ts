import { type AuthOptions as CommonOptions, refuseSecret } from './auth-options.ts'
import type { Auth } from './auth.ts'
import { createAuthOver } from './create-auth-over.ts'
import { createDiary, observed } from './events.ts'
import { createInPageEngine } from './in-page-engine.ts'
import { pageRuntime } from './runtime/page-runtime.ts'
import { memoryTokens } from './stores/memory-tokens.ts'
import type { TokenStore } from './stores/token-store.ts'

/** How a single-page app is registered at its authorization server, what it may do, and where its tokens live. */
export interface AuthOptions extends CommonOptions {
  /** Where the tokens live. Default `memoryTokens()`: in the page's memory. */
  readonly tokenStore?: TokenStore
}

/**
 * Login for a single-page app: authorization code flow with PKCE, tokens in the page's memory or where `tokenStore` says.
 * Construction does nothing but check its options, on a server as well.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createAuth({ tokenStore = memoryTokens(), ...options }: AuthOptions): Auth {
  refuseSecret(options)
  const surroundings = pageRuntime(options.runtime, tokenStore.isShared)
  const diary = createDiary(surroundings, options.onEvent)
  const runtime = observed(surroundings, diary)
  const onDegraded = ({ message }: Error): void =>
    diary.note('degraded', { tokenStore: tokenStore.name, message })
  const engine = createInPageEngine(tokenStore, { ...options, runtime, onDegraded })
  return createAuthOver({ options, engine, runtime, diary, tokenStore: tokenStore.name })
}
