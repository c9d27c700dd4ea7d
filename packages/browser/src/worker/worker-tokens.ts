import type { Engine, EngineOptions } from '../engine.ts'
import type { TokenStore } from '../stores/token-store.ts'
import { connectWorker } from './connect-worker.ts'
import { createLateEngine } from './late-engine.ts'
import type { Wire, WorkerClient, WorkerKeep } from './protocol.ts'
import { createRemoteEngine } from './remote-engine.ts'

/** A token store that is a worker: it has the tokens and makes the requests for them. */
export interface WorkerTokenStore {
  readonly name: 'worker'
  readonly isShared: true
  openEngine(options: EngineOptions): Engine
}

/**
 * Tokens in a worker that all tabs share and that makes the token requests itself: no page ever sees the refresh token, and a refresh outlives the
 * tab that asked for it. Where the browser has no shared workers each tab has one of its own; where none starts, the page does the work
 * itself and the tokens live where `keep` says, which an event `degraded` tells.
 * @param options.url where the file `@oauth-concierge/browser/worker.js` is served, on the page's own origin; it stands alone
 * @param options.keep `memory` (default): the session ends with the last tab, or some seconds later. `encrypted`, `local`: where
 * `encryptedTokens()` and `unsafeLocalTokens()` keep theirs
 */
export function workerTokens({
  url,
  keep = 'memory',
}: {
  readonly url: string | URL
  readonly keep?: WorkerKeep
}): WorkerTokenStore {
  return {
    name: 'worker',
    isShared: true,
    openEngine: (options) =>
      createLateEngine(async () => {
        const { runtime, diary, senderConstraint } = options
        const { issuer, clientId } = options
        const client = clientOf(options, keep)
        const connect = (): Promise<Wire | undefined> =>
          connectWorker({ url, client }, { clock: runtime.clock, diary })
        const wire = await connect()
        if (!wire) return openInPage(keep, options)
        const constraint = senderConstraint?.({ issuer, clientId, runtime })
        return createRemoteEngine(wire, { ...options, connect, senderConstraint: constraint })
      }),
  }
}

/** Always in the same order: it is by this text that pages meet in one session. */
function clientOf(options: EngineOptions, keep: WorkerKeep): WorkerClient {
  const { issuer, clientId, scope, idTokenAlgorithms, metadata, issuerKind, refreshTokenReuseWindow } =
    options
  const client = {
    issuer,
    clientId,
    scope,
    idTokenAlgorithms,
    metadata,
    issuerKind,
    refreshTokenReuseWindow,
    keep,
  }
  return JSON.parse(JSON.stringify(client)) as WorkerClient
}

/** Loaded only where it is needed, so that a page with a worker does not carry what the worker does. */
async function openInPage(keep: WorkerKeep, options: EngineOptions): Promise<Engine> {
  const { createInPageEngine } = await import('../in-page-engine.ts')
  return createInPageEngine(await tokenStoreOf(keep), options)
}

async function tokenStoreOf(keep: WorkerKeep): Promise<TokenStore> {
  switch (keep) {
    case 'encrypted':
      return (await import('../stores/encrypted-tokens.ts')).encryptedTokens()
    case 'local':
      return (await import('../stores/unsafe-local-tokens.ts')).unsafeLocalTokens()
    case 'memory':
      return (await import('../stores/memory-tokens.ts')).memoryTokens()
  }
}
