import { ConciergeError, SessionError } from '../errors.ts'
import { createBackoff } from './backoff.ts'
import { ageOf, type HeldTokens, type Holder, holdTokens } from './held-tokens.ts'
import { refresh, type RefreshContext } from './refresh.ts'
import { authenticated } from './session-state.ts'
import { isFresh, isUsable } from './token-set.ts'
import type { VaultEntry } from './token-vault.ts'

/** Gives tokens, each as fresh as it needs to be. */
export interface Renewal {
  /** The tokens at hand if they are fresh, at no cost. Both clocks are read once a second; in between, one look at the wall clock does. */
  peek(): HeldTokens | undefined
  /**
   * Tokens that serve: those at hand while they do, renewed beside that in their last minute; else those of a refresh,
   * one at a time for any number of callers.
   * @throws SessionError `login_required`, `session_expired`, `session_changed`; TransportError; ServerError; ProtocolError
   */
  current(): Promise<HeldTokens>
  /** Tokens of another generation than `refused`, whatever its clock says: for an API that refused them. */
  newerThan(refused: HeldTokens): Promise<HeldTokens>
}

/** Renews what `holder` holds. */
export function createRenewal(context: RefreshContext, holder: Holder): Renewal {
  const { clock } = context.runtime
  const backoff = createBackoff(context.runtime)
  let pending: Promise<HeldTokens> | undefined

  const attempt = async (entry: HeldTokens, isRefused: boolean): Promise<HeldTokens> => {
    backoff.check()
    try {
      const renewed = await refresh(context, { entry, isRefused })
      backoff.note(undefined)
      return adopt(holder, entry, holdTokens(renewed, clock))
    } catch (error) {
      backoff.note(error)
      throw endIfOver(holder, entry, error)
    }
  }

  const renew = (entry: HeldTokens, isRefused: boolean): Promise<HeldTokens> => {
    pending ??= attempt(entry, isRefused).finally(() => (pending = undefined))
    return pending
  }

  let found: HeldTokens | undefined
  let foundAt = 0
  const peek = (): HeldTokens | undefined => {
    const { held } = holder
    const wallTime = clock.wallTime()
    if (held === found && wallTime >= foundAt && wallTime - foundAt < 1_000) return found
    foundAt = wallTime
    found = held && isFresh(held.record.tokens, ageOf(held, clock)) ? held : undefined
    return found
  }

  return {
    peek,
    current: async () => {
      const held = holder.held ?? noSession()
      const age = ageOf(held, clock)
      if (isFresh(held.record.tokens, age)) return held
      const renewal = renew(held, false)
      if (!isUsable(held.record.tokens, age)) return renewal
      renewal.catch(() => undefined)
      return held
    },
    newerThan: async (refused) => {
      const isNewer = ({ record }: VaultEntry): boolean => record.generation !== refused.record.generation
      const held = holder.held ?? noSession()
      if (isNewer(held)) return held
      const renewed = await renew(held, true)
      // A renewal that was under way already may have settled for the tokens that have since been refused.
      return isNewer(renewed) ? renewed : renew(renewed, true)
    },
  }
}

function noSession(): never {
  throw new SessionError('login_required', 'There is no session. Call login().')
}

/** What the page is about may have changed while the request was under way: then the answer is not for it. */
function adopt(holder: Holder, before: HeldTokens, renewed: HeldTokens): HeldTokens {
  if (holder.held !== before) return holder.held ?? noSession()
  holder.take(renewed, authenticated(renewed.record.tokens))
  const [was, is] = [before, renewed].map(({ record }) => record.tokens.claims?.sub)
  if (before.record.family === renewed.record.family || (was !== undefined && was === is)) return renewed
  throw new SessionError(
    'session_changed',
    'Another login has taken the place of this session. Nothing was sent in its name.',
  )
}

/** Only the server's word, or the lack of any way to go on, ends a session. */
function endIfOver(holder: Holder, before: HeldTokens, error: unknown): unknown {
  if (error instanceof ConciergeError && !error.sessionSurvives && holder.held === before) {
    const { claims } = before.record.tokens
    holder.take(
      undefined,
      error.code === 'login_required' ? { status: 'anonymous' } : { status: 'expired', claims },
    )
  }
  return error
}
