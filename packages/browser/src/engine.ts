import type { RelyingParty, RelyingPartyOptions, ServerOptions } from '@oauth-concierge/core'

/** Whoever has the tokens of a page and renews them: the page itself, or a worker beside it. */
export type Engine = Pick<
  RelyingParty,
  | 'session'
  | 'subscribe'
  | 'restore'
  | 'resync'
  | 'startLogin'
  | 'finishLogin'
  | 'getAccessToken'
  | 'fetch'
  | 'for'
  | 'userInfo'
  | 'endSession'
  | 'close'
>

/** What an engine is told of the client, its server and its surroundings. */
export interface EngineOptions
  extends Omit<RelyingPartyOptions, 'clientAuthentication' | 'transactions' | 'vault'>, ServerOptions {}
