import {
  ConciergeError,
  type IdTokenClaims,
  ProtocolError,
  readReturnTo,
  SessionError,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { redirect, refuse } from '../http/answers.ts'
import { type Cookies, readCookies } from '../http/cookies.ts'
import type { BffAnswer, BffRequest, HeaderList } from '../http/exchange.ts'
import { isNavigation } from '../http/same-origin.ts'
import { beginSession } from '../sessions/begin-session.ts'
import type { LiveSessions, Visit } from '../sessions/live-sessions.ts'
import { bringAgain, isBroughtAgain, readAnswer, stateOf } from './authorization-answer.ts'
import { failedLogin } from './failed-login.ts'
import { createLoginParty, findLogin, type LoginInProgress, removeLoginCookies } from './login-record.ts'

/** Finishes a login: what the authorization server sent back begins a session of another name, and the one before ends. */
export async function callback(
  context: BffContext,
  sessions: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  if (!isNavigation(request)) return refuse(403, 'csrf')
  const parameters = await readAnswer(request, context)
  if (!parameters) return refuse(400, 'callback_malformed')
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const state = stateOf(parameters)
  const login = await findLogin(context, cookies, state)
  if (!login && request.method === 'POST' && !isBroughtAgain(request)) return bringAgain(context, parameters)
  const returnTo = readReturnTo(login?.said.returnTo ?? '/', context.origin) ?? '/'
  const isOver = login ? removeLoginCookies(context, cookies, state) : []
  try {
    const visit = await sessions.find(cookies)
    const begun = await finish(context, { sessions, parameters, cookies, login, visit })
    return redirect(returnTo, [...begun, ...isOver])
  } catch (error) {
    if (!(error instanceof ConciergeError)) throw error
    if (error.code === 'callback_replayed') return redirect(returnTo, isOver)
    context.report(error)
    return failedLogin(context, { error, returnTo, headers: isOver })
  }
}

interface Callback {
  readonly sessions: LiveSessions
  readonly parameters: URLSearchParams
  readonly cookies: Cookies
  readonly login: LoginInProgress | undefined
  /** The session that the browser is in now, as far as it shows: from another site it may not show it. */
  readonly visit: Visit | undefined
}

async function finish(
  context: BffContext,
  { sessions, parameters, cookies, login, visit }: Callback,
): Promise<HeaderList> {
  if (!login)
    throw new ProtocolError(
      'callback_state_unknown',
      'This browser started no login with this state, or long ago.',
    )
  const { relyingParty, begun } = createLoginParty(context, login.transactions)
  await relyingParty.finishLogin(parameters)
  const claims = relyingParty.session.status === 'authenticated' ? relyingParty.session.claims : undefined
  const { startedIn } = login.said
  const before = [startedIn, visit && { subject: visit.session.data.subject }]
  if (before.some((session) => session && isOther(session.subject, claims))) {
    context.beside(relyingParty.endSession())
    throw new SessionError(
      'session_changed',
      'The login was finished by another user than the one who started it. Log out first to change users.',
    )
  }
  const headers = await beginSession(context, { tokens: begun(), claims }, cookies)
  if (visit) await sessions.end(visit, cookies)
  if (startedIn) await context.store.delete(startedIn.key)
  return headers
}

function isOther(subject: string | undefined, claims: IdTokenClaims | undefined): boolean {
  return subject !== claims?.sub
}
