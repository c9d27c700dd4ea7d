import type { AuthOptions as CommonOptions } from './auth-options.ts'
import type { Auth } from './auth.ts'
import { createAuthOver } from './create-auth-over.ts'
import type { WorkerTokenStore } from './worker/worker-tokens.ts'

/** How a single-page app is registered at its authorization server, what it may do, and the worker that has its tokens. */
export interface SlimAuthOptions extends CommonOptions {
  /** The worker that has the tokens: `workerTokens({ url })`. */
  readonly tokenStore: WorkerTokenStore
}

/**
 * As `createAuth` of the main entry, for pages whose tokens are in a worker: what the worker does is not in the page.
 * Construction does nothing but check its options, on a server as well.
 * @throws UsageError `invalid_configuration`
 */
export function createAuth({ tokenStore, ...options }: SlimAuthOptions): Auth {
  return createAuthOver(options, tokenStore, tokenStore.openEngine)
}
