import { ConciergeError, SessionError } from '../errors.ts'
import { epochSeconds } from '../ports/clock.ts'
import { refresh } from '../session/refresh.ts'
import { authenticated } from '../session/session-state.ts'
import { isFresh, isUsable, type TokenSet } from '../session/token-set.ts'
import type { RelyingPartyContext } from './context.ts'

/** Gives access tokens, each as fresh as it needs to be. */
export interface AccessTokens {
  /**
   * A token set that serves: the one at hand while it is fresh, else that of a refresh, one at a time for any number of callers.
   * @throws SessionError `login_required`, `session_expired`; TransportError; ServerError; ProtocolError
   */
  current(): Promise<TokenSet>
  /** A token set other than `stale`, whatever its clock says: for an API that refused it. */
  newerThan(stale: TokenSet): Promise<TokenSet>
}

/** Access tokens of this context's session. */
export function createAccessTokens(context: RelyingPartyContext, lockName: string): AccessTokens {
  let pending: Promise<TokenSet> | undefined
  const { client, keySet, vault } = context
  const endpoint = async () => ({ client, keySet, metadata: await context.metadata() })

  const refreshOnce = (stale: TokenSet): Promise<TokenSet> => {
    pending ??= refresh({ lockName, vault, endpoint }, stale)
      .then(
        (tokens) => adopt(context, tokens),
        (error: unknown) => endIfOver(context, stale, error),
      )
      .finally(() => (pending = undefined))
    return pending
  }

  return {
    current: async () => {
      const { tokens } = context
      if (tokens && isFresh(tokens, epochSeconds(context.clock))) return tokens
      if (!tokens) throw new SessionError('login_required', 'There is no session. Call login().')
      return refreshOnce(tokens).catch((error: unknown) => {
        if (isUsable(tokens, epochSeconds(context.clock)) && !(error instanceof SessionError)) return tokens
        throw error
      })
    },
    newerThan: async (stale) => {
      const { tokens } = context
      return tokens && tokens.accessToken !== stale.accessToken ? tokens : refreshOnce(stale)
    },
  }
}

function adopt(context: RelyingPartyContext, tokens: TokenSet): TokenSet {
  context.tokens = tokens
  context.state.set(authenticated(tokens))
  return tokens
}

/** Only the server's word, or the lack of any way to go on, ends a session. */
function endIfOver(context: RelyingPartyContext, stale: TokenSet, error: unknown): never {
  if (
    error instanceof ConciergeError &&
    !error.sessionSurvives &&
    context.tokens?.accessToken === stale.accessToken
  ) {
    context.tokens = undefined
    context.state.set({ status: 'expired', claims: stale.claims })
  }
  throw error
}
