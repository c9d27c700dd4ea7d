import type {
  RelyingParty,
  RelyingPartyOptions,
  ResourceAccess,
  Runtime,
  ServerOptions,
} from '@oauth-concierge/core'
import type { Diary } from './events.ts'

/** Access tokens for one resource, and a fetch that uses them. */
export type ResourceTokens = Pick<ResourceAccess, 'getAccessToken' | 'fetch'>

/** Whoever has the tokens of a page and renews them: the page itself, or a worker beside it. */
export type Engine = Pick<
  RelyingParty,
  | 'session'
  | 'subscribe'
  | 'restore'
  | 'resync'
  | 'startLogin'
  | 'finishLogin'
  | 'userInfo'
  | 'endSession'
  | 'close'
> &
  ResourceTokens & {
    for(resource: string, options?: { readonly scope?: string }): ResourceTokens
  }

/** What an engine is told of the client, its server and its surroundings. */
export interface EngineOptions
  extends Omit<RelyingPartyOptions, 'clientAuthentication' | 'transactions' | 'vault'>, ServerOptions {
  readonly runtime: Runtime
  readonly diary: Diary
  /** Learns why tokens are not kept where they were meant to be. */
  readonly onDegraded: (reason: Error) => void
}
