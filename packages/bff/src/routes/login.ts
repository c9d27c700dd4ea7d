import { type LoginOptions, readReturnTo } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { redirect, refuse } from '../http/answers.ts'
import { type Cookies, readCookies } from '../http/cookies.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import { isOwnNavigation } from '../http/same-origin.ts'
import type { LiveSessions } from '../sessions/live-sessions.ts'
import { failedLogin } from './failed-login.ts'
import { createLoginParty, loginCookies, openLogin } from './login-record.ts'

const longestValue = 1_000

/** Starts a login: writes it down for this browser, and sends it to the authorization server. */
export async function login(
  context: BffContext,
  sessions: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  if (!isOwnNavigation(request)) return refuse(403, 'csrf')
  const parameters = new URL(request.target, context.origin).searchParams
  const asked = readLogin(parameters)
  const returnTo = readReturnTo(parameters.get('return_to') ?? '/', context.origin) ?? '/'
  if (!asked) return refuse(400, 'invalid_request')
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  try {
    return await start(context, { sessions, asked, returnTo, cookies })
  } catch (error) {
    return failedLogin(context, { error: context.report(error), returnTo, status: 503 })
  }
}

interface AskedLogin {
  readonly sessions: LiveSessions
  readonly asked: LoginOptions
  readonly returnTo: string
  readonly cookies: Cookies
}

async function start(
  context: BffContext,
  { sessions, asked, returnTo, cookies }: AskedLogin,
): Promise<BffAnswer> {
  const from = (await sessions.find(cookies))?.session
  const startedIn = from && { key: from.key, subject: from.data.subject }
  const name = await context.carrier.createName('login')
  const { transactions } = openLogin(context, name.key, { returnTo, startedIn })
  const { relyingParty } = createLoginParty(context, transactions)
  const { url, state } = await relyingParty.startLogin({
    ...context.options.login,
    ...asked,
    redirectUri: context.redirectUri,
  })
  return redirect(url, await loginCookies(context, cookies, { name, state }))
}

/**
 * What a link may ask of a login; undefined where it asks in a form that is none. Whatever else a link has, such as what marketing hangs on it, is left
 * alone and goes nowhere.
 */
function readLogin(parameters: URLSearchParams): LoginOptions | undefined {
  const names = [...parameters.keys()]
  const isPlain = new Set(names).size === names.length
  if (!isPlain || [...parameters.values()].some((value) => value.length > 8 * longestValue)) return undefined
  const [prompt, loginHint, uiLocales, acrValues, maxAge] = [
    'prompt',
    'login_hint',
    'ui_locales',
    'acr_values',
    'max_age',
  ].map((name) => parameters.get(name) || undefined)
  if (maxAge !== undefined && !/^\d{1,9}$/.test(maxAge)) return undefined
  return {
    ...(prompt !== undefined && { prompt }),
    ...(loginHint !== undefined && { loginHint }),
    ...(uiLocales !== undefined && { uiLocales: uiLocales.split(' ') }),
    ...(acrValues !== undefined && { acrValues: acrValues.split(' ') }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
  }
}
