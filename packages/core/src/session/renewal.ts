import { ConciergeError, SessionError } from '../errors.ts'
import type { Backoff } from './backoff.ts'
import { ageOf, type HeldTokens, type Holder, holdTokens } from './held-tokens.ts'
import { refresh, type RefreshContext } from './refresh.ts'
import { authenticated } from './authenticated.ts'
import { type AccessGrant, isFresh, isUsable } from './token-set.ts'
import { grantOf, type TokenTarget } from './token-vault.ts'

/** Gives access tokens for one target, each as fresh as it needs to be. */
export interface Renewal {
  /** The access token at hand if it is fresh, at no cost. Both clocks are read once a second; in between, one look at the wall clock does. */
  peek(): AccessGrant | undefined
  /**
   * An access token that serves: the one at hand while it does, renewed beside that in its last minute; else that of a refresh,
   * one at a time for any number of callers.
   * @throws SessionError `login_required`, `session_expired`, `session_changed`; TransportError; ServerError; ProtocolError
   */
  current(): Promise<AccessGrant>
  /** An access token other than `refused`, whatever the clock says: for an API that refused it. */
  otherThan(refused: AccessGrant): Promise<AccessGrant>
  /** Resolves when no renewal is under way, with whatever outcome: for those who must write down its tokens before they go on. */
  settled(): Promise<void>
}

/** What the renewals of one session share. */
export interface RenewalContext extends RefreshContext {
  readonly holder: Holder
  readonly backoff: Backoff
  /** Runs one renewal of this session after the other. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result>
}

/** Renews the access token for `target`, or the login's own. */
export function createRenewal(context: RenewalContext, target?: TokenTarget): Renewal {
  const { holder, backoff } = context
  const { clock } = context.runtime
  let pending: Promise<AccessGrant> | undefined

  const freshOf = (held: HeldTokens | undefined): AccessGrant | undefined => {
    const grant = held && grantOf(held.record, target)
    return grant && isFresh(grant, ageOf(held, grant, clock)) ? grant : undefined
  }

  const attempt = async (refused: string | undefined): Promise<AccessGrant> => {
    const before = holder.held ?? noSession()
    const fresh = freshOf(before)
    if (fresh && fresh.accessToken !== refused) return fresh
    backoff.check()
    try {
      const renewed = await refresh(context, { entry: before, refused, target })
      backoff.note(undefined)
      const { record } = adopt(holder, before, holdTokens(renewed, clock))
      return grantOf(record, target) ?? attempt(refused)
    } catch (error) {
      backoff.note(error)
      throw endIfOver(holder, before, error)
    }
  }

  const renew = (refused?: string): Promise<AccessGrant> => {
    pending ??= context.inTurn(() => attempt(refused)).finally(() => (pending = undefined))
    return pending
  }

  let found: AccessGrant | undefined
  let foundIn: HeldTokens | undefined
  let foundAt = 0

  return {
    peek: () => {
      const { held } = holder
      const wallTime = clock.wallTime()
      if (held === foundIn && wallTime >= foundAt && wallTime - foundAt < 1_000) return found
      foundAt = wallTime
      foundIn = held
      found = freshOf(held)
      return found
    },
    current: async () => {
      const held = holder.held ?? noSession()
      const fresh = freshOf(held)
      if (fresh) return fresh
      const renewal = renew()
      const grant = grantOf(held.record, target)
      if (!grant || !isUsable(grant, ageOf(held, grant, clock))) return renewal
      renewal.catch(() => undefined)
      return grant
    },
    otherThan: async ({ accessToken }) => {
      const held = holder.held ?? noSession()
      const atHand = grantOf(held.record, target)
      if (atHand && atHand.accessToken !== accessToken) return atHand
      const renewed = await renew(accessToken)
      // A renewal that was under way already may have settled for the token that has since been refused.
      return renewed.accessToken !== accessToken ? renewed : renew(accessToken)
    },
    settled: async () => void (await pending?.catch(() => undefined)),
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
