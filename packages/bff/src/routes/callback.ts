import {
  ConciergeError,
  type IdTokenClaims,
  ProtocolError,
  readReturnTo,
  ServerError,
  SessionError,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { page, redirect, refuse } from '../http/answers.ts'
import { type Cookies, readCookies } from '../http/cookies.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import { failedLoginPage, stylePolicy } from '../http/pages.ts'
import { isNavigation } from '../http/same-origin.ts'
import { beginSession } from '../sessions/begin-session.ts'
import type { LiveSessions, Visit } from '../sessions/live-sessions.ts'
import { createLoginParty, findLogin, type LoginInProgress } from './login-record.ts'

/** Finishes a login: what the authorization server sent back begins a session of another name, and the one before ends. */
export async function callback(
  context: BffContext,
  sessions: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  if (!isNavigation(request)) return refuse(403, 'csrf')
  const parameters = new URL(request.target, context.origin).searchParams
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const login = await findLogin(context, cookies, parameters.get('state') ?? '')
  const returnTo = readReturnTo(login?.said.returnTo ?? '/', context.origin) ?? '/'
  try {
    const visit = await sessions.find(cookies)
    return redirect(returnTo, await finish(context, { sessions, parameters, cookies, login, visit }))
  } catch (error) {
    if (!(error instanceof ConciergeError)) throw error
    if (error.code === 'callback_replayed') return redirect(returnTo)
    context.report(error)
    return failedLogin(context, error, returnTo)
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
): Promise<BffAnswer['headers']> {
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
    await relyingParty.endSession()
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

/** Words of our own: those of the answer may be anybody's. */
function failedLogin(context: BffContext, error: ConciergeError, returnTo: string): BffAnswer {
  const { base, options } = context
  if (options.failedLoginPath !== undefined)
    return redirect(`${options.failedLoginPath}?${new URLSearchParams({ error: error.code })}`)
  const again = `${base}/login?${new URLSearchParams({ return_to: returnTo })}`
  return page(statusOf(error), failedLoginPage(wordsFor(error), error.code, again), { policy: stylePolicy })
}

function statusOf(error: ConciergeError): number {
  if (error.code === 'access_denied' || error.code === 'session_changed') return 403
  return error instanceof ProtocolError && error.code.startsWith('callback_') ? 400 : 502
}

function wordsFor(error: ConciergeError): string {
  switch (error.code) {
    case 'access_denied':
      return 'The login was declined. You can try again at any time.'
    case 'session_changed':
      return 'Somebody else is logged in here. Log out first to change users.'
    case 'callback_expired':
      return 'The login took too long.'
    case 'callback_state_unknown':
      return 'This login was not started in this browser, or too long ago.'
  }
  return error instanceof ServerError || error instanceof ProtocolError
    ? 'The login could not be completed.'
    : 'The login service cannot be reached at the moment.'
}
