import type { OAuthError } from './oauth-error.ts'

/** The members of a refusal. @see RFC 6749 section 5.2 */
export function buildError(error: OAuthError): Readonly<Record<string, string>> {
  return { error: error.code, error_description: error.message }
}

const noStore = { 'Cache-Control': 'no-store', Pragma: 'no-cache' }

/** A JSON answer that no cache may keep, unless `headers` says otherwise. */
export function jsonAnswer(body: unknown, init: { status?: number; headers?: HeadersInit } = {}): Response {
  const headers = new Headers({ 'Content-Type': 'application/json', ...noStore })
  for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
  return new Response(JSON.stringify(body), { status: init.status ?? 200, headers })
}

/**
 * A public document, which a cache may keep for `maxAge` seconds.
 */
export function documentAnswer(body: unknown, maxAge: number): Response {
  const headers = new Headers({
    'Content-Type': 'application/json',
    'Cache-Control': `public, max-age=${maxAge}`,
  })
  return new Response(JSON.stringify(body), { headers })
}

/** The JSON form of a refusal. @see RFC 6749 section 5.2 */
export function errorAnswer(error: OAuthError, build: typeof buildError = buildError): Response {
  return jsonAnswer(build(error), { status: error.status, headers: error.headers })
}

/** A redirect that the user agent follows with GET. @see RFC 9700 section 4.12 */
export function redirectAnswer(location: string | URL, headers: HeadersInit = {}): Response {
  const all = new Headers(headers)
  all.set('Location', String(location))
  all.set('Cache-Control', 'no-store')
  return new Response(null, { status: 303, headers: all })
}
