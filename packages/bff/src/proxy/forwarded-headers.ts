import { readChallenges } from '@oauth-concierge/core'
import type { BffRequest, HeaderList, UpstreamAnswer } from '../http/exchange.ts'
import type { Api } from './api-options.ts'

/** What a request may say to an API. Whatever else it has stays here: credentials, cookies, and who it claims to come from. */
const forwarded = [
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'pragma',
  'prefer',
  'range',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-request-id',
  'x-requested-with',
]

/** What an API may not say to the browser: it would speak for this origin, for the proxy in front of it, or about the connection. */
const withheld = new Set([
  'accept-ch',
  'alt-svc',
  'clear-site-data',
  'connection',
  'critical-ch',
  'edge-control',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'public-key-pins',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'server',
  'service-worker-allowed',
  'set-login',
  'set-cookie2',
  'sourcemap',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
  'x-powered-by',
  'x-sendfile',
  'x-sourcemap',
])

/** Families of the same: for the browser, for the page's own half of the BFF, for servers and caches in front, whatever they are called. */
const withheldFamily =
  /^(?:access-control-|x-concierge|x-accel-|sec-|secure-session-|surrogate-)|(?:^|-)cdn-cache-control$/

/** What a browser answers by asking the user for a password. */
const asksForPassword = new Set(['basic', 'digest', 'ntlm', 'negotiate'])

/** Ours, whatever the API says. */
const ours = new Set([
  'cache-control',
  'expires',
  'pragma',
  'age',
  'vary',
  'x-content-type-options',
  'referrer-policy',
])

/** The headers that go on to the API, without a credential. */
export function forwardHeaders(request: BffRequest, api: Api): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const names of [forwarded, api.requestHeaders]) {
    for (const name of names) {
      const value = request.header(name)
      if (value !== undefined) headers[name] = value
    }
  }
  const connection = request.header('connection')
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') dropNamed(headers, connection)
  return headers
}

/** A header that the sender calls one of the connection goes no further. @see RFC 9110 section 7.6.1 */
function dropNamed(headers: Record<string, string>, connection: string): void {
  for (const name of connection.toLowerCase().split(',')) delete headers[name.trim()]
}

/** What it takes to know what may go back. */
export interface ReturnRules {
  readonly api: Api
  /** What the names of the BFF's own cookies begin with. */
  readonly cookiePrefix: string
  placeOf(location: string): string | undefined
}

/** The headers that go back to the browser. */
export function returnHeaders(
  answer: UpstreamAnswer<unknown>,
  { api, cookiePrefix, placeOf }: ReturnRules,
): [name: string, value: string][] {
  const headers: [string, string][] = []
  let vary = 'cookie'
  const named = connectionNames(answer.headers)
  for (const [name, value] of answer.headers) {
    if (name === 'vary' && value !== '*') vary = `cookie, ${value}`
    if (ours.has(name) || withheld.has(name) || withheldFamily.test(name) || named?.includes(name)) continue
    if (name === 'set-cookie' && !(api.setsCookies && isForeignCookie(value, cookiePrefix))) continue
    if (name === 'www-authenticate' && isForBrowser(value)) continue
    if (name === 'location' || name === 'content-location') {
      const place = placeOf(value)
      if (place !== undefined) headers.push([name, place])
    } else headers.push([name, value])
  }
  headers.push(
    ['cache-control', 'no-store'],
    ['vary', vary],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
  )
  return headers
}

/** An API that could set the session's cookie could put the user into the session of somebody else. Browsers cut white space, and some a name that is empty. */
function isForeignCookie(cookie: string, prefix: string): boolean {
  return !cookie
    .replace(/^[\s=]+/, '')
    .toLowerCase()
    .startsWith(prefix.toLowerCase())
}

function isForBrowser(challenges: string): boolean {
  return readChallenges(challenges).some(({ scheme }) => asksForPassword.has(scheme.toLowerCase()))
}

function connectionNames(headers: HeaderList): readonly string[] | undefined {
  const connection = headers.find(([name]) => name === 'connection')?.[1]
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
