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
  'alt-svc',
  'clear-site-data',
  'connection',
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

/** The headers that go back to the browser. */
export function returnHeaders(
  answer: UpstreamAnswer<unknown>,
  api: Api,
  placeOf: (location: string) => string | undefined,
): [name: string, value: string][] {
  const headers: [string, string][] = []
  let vary = 'cookie'
  const named = connectionNames(answer.headers)
  for (const [name, value] of answer.headers) {
    if (name === 'vary' && value !== '*') vary = `cookie, ${value}`
    if (ours.has(name) || withheld.has(name) || named?.includes(name)) continue
    if (/^(access-control-|x-concierge|x-accel-)/.test(name)) continue
    if (name === 'set-cookie' && !api.setsCookies) continue
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

function connectionNames(headers: HeaderList): readonly string[] | undefined {
  const connection = headers.find(([name]) => name === 'connection')?.[1]
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined
  return connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
