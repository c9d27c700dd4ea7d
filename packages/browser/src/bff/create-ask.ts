import type { AuthenticatedSession, SessionState } from '@oauth-concierge/core'
import type { BffSession } from './bff-session.ts'
import type { SessionAnswer } from './request-session.ts'

/**
 * Asks the BFF and shows what it says.
 * @param ranOut whether somebody heard that the session ran out: the BFF says so once, and has forgotten it then
 */
export type Ask = (ranOut?: boolean) => Promise<SessionAnswer>

/**
 * One question goes after the other, so that an answer is never older than the one shown before; those who ask at the same time share one.
 * Without an answer, what was shown stays.
 */
export function createAsk(
  { get, set }: SessionState<BffSession>,
  request: () => Promise<SessionAnswer>,
): Ask {
  let turns: Promise<unknown> = Promise.resolve()
  let next: Promise<SessionAnswer> | undefined
  return (ranOut) => {
    next ??= turns.then(async () => {
      next = undefined
      const answer = await request()
      const shown = explain(answer.session, get(), ranOut)
      if (JSON.stringify(shown) !== JSON.stringify(get())) set(shown)
      return answer
    })
    turns = next.catch(() => undefined)
    return next
  }
}

/** Whose time is up is told so, and is not taken for somebody who logged out. */
function explain(session: BffSession, before: BffSession, ranOut?: boolean): BffSession {
  const isOver = session.status === 'anonymous' && (ranOut || before.status === 'expired')
  return isOver ? { status: 'expired', claims: (before as AuthenticatedSession).claims } : session
}
