import {
  type EndSessionRequest,
  type Milliseconds,
  readReturnTo,
  TransportError,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { page, redirect, refuse } from '../http/answers.ts'
import { type Cookies, readCookies, removeCookie, writeCookie } from '../http/cookies.ts'
import type { BffAnswer, BffRequest, HeaderList } from '../http/exchange.ts'
import { formPage, formPolicy } from '../http/pages.ts'
import { isNavigation, isOwnForm } from '../http/same-origin.ts'
import type { LiveSessions, Visit } from '../sessions/live-sessions.ts'
import { waitAtMost } from '../wait-at-most.ts'

const longestBody = 8_192
const longestReturn = 600
/** For what must be known of the server, where it is not known yet. */
const longestWait: Milliseconds = 2_000

/** Ends the session, by a form of the application that brings the session's own nonce; then the user's at the authorization server. */
export async function logout(
  context: BffContext,
  sessions: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  const { origin } = context
  if (!isOwnForm(request, origin)) return refuse(403, 'csrf')
  const body = await request.text(longestBody)
  if (body === undefined) return refuse(413, 'too_large')
  const fields = new URLSearchParams(body)
  const returnTo = readReturnTo(fields.get('return_to') ?? '/', origin) ?? '/'
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const visit = await sessions.find(cookies)
  if (!visit) return redirect(returnTo)
  if (!isSame(fields.get('nonce') ?? '', visit.session.data.logoutNonce)) return refuse(403, 'csrf')
  const ending = await endSession(context, visit)
  const headers = await sessions.end(visit, cookies)
  return ending ? leave(context, { ending, returnTo, headers }) : redirect(returnTo, headers)
}

/** What fails at the server, or takes long there, does not keep the user from being logged out here. */
async function endSession(context: BffContext, { session }: Visit): Promise<EndSessionRequest | undefined> {
  const { postLogoutRedirectUri, server, beside } = context
  const { clock } = server.client.runtime
  const work = session.relyingParty.endSession({ postLogoutRedirectUri, revokeBeside: beside })
  const late = (): never => {
    beside(work)
    throw new TransportError('timed_out', 'The authorization server did not answer in time for the logout.')
  }
  try {
    return await waitAtMost({ clock, longest: longestWait, work, late })
  } catch (error) {
    context.report(error)
    return undefined
  }
}

/** The ID token that tells the server whose session it is goes in the body of a form: never in a URL. */
function leave(
  context: BffContext,
  {
    ending,
    returnTo,
    headers,
  }: { readonly ending: EndSessionRequest; readonly returnTo: string; readonly headers: HeaderList },
): BffAnswer {
  const { endpoint, parameters, state } = ending
  const memory = `${state ?? ''}.${encodeURIComponent(returnTo).replace(/[()']/g, '')}`
  const cookie = writeCookie(context.cookies, cookieNameOf(context), memory, {
    sameSite: 'Lax',
    maxAge: longestReturn,
  })
  return page(200, formPage(endpoint, Object.entries(parameters), 'Logging out'), {
    policy: formPolicy,
    headers: [...headers, cookie],
  })
}

const cookieNameOf = ({ cookieName }: BffContext): string => `${cookieName}-logout`

/** Where the authorization server sends the user after a logout: on to where they wanted to be, if it is the logout of this browser that is over. */
export async function loggedOut(
  context: BffContext,
  _: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  if (!isNavigation(request)) return refuse(403, 'csrf')
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const state = new URL(request.target, context.origin).searchParams.get('state')
  return redirect(readReturn(context, cookies, state) ?? '/', [
    removeCookie(context.cookies, cookieNameOf(context)),
  ])
}

function readReturn(context: BffContext, cookies: Cookies, state: string | null): string | undefined {
  const [expected, returnTo = ''] = (cookies.get(cookieNameOf(context)) ?? '').split(/\.(.*)/)
  if (!state || state !== expected) return undefined
  try {
    return readReturnTo(decodeURIComponent(returnTo), context.origin)
  } catch {
    return undefined
  }
}

/** Takes as long wherever the two differ. */
function isSame(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length
  for (let at = 0; at < expected.length; at += 1) difference |= given.charCodeAt(at) ^ expected.charCodeAt(at)
  return difference === 0
}
