import type { BffAnswer, HeaderList } from './exchange.ts'

/** What goes with each answer: nothing of it is for a cache, and nobody takes it for what it does not say it is. */
const always: HeaderList = [
  ['cache-control', 'no-store'],
  ['vary', 'cookie'],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
]

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: HeaderList = []): BffAnswer {
  return {
    status,
    headers: [['content-type', 'application/json'], ...always, ...headers],
    body: JSON.stringify(body),
  }
}

/** A refusal: its code, and no word more. */
export function refuse(status: number, error: string, headers: HeaderList = []): BffAnswer {
  return json(status, { error }, headers)
}

/** The session is not there, or is over; marked so that it is not taken for an answer of an API. */
export function refuseSession(error: 'login_required' | 'session_expired', headers: HeaderList): BffAnswer {
  return refuse(401, error, [['x-concierge-error', error], ...headers])
}

/** Sends the browser somewhere else, by GET. */
export function redirect(location: string, headers: HeaderList = []): BffAnswer {
  return { status: 303, headers: [['location', location], ...always, ...headers], body: undefined }
}

/** An empty answer. */
export function empty(status: number, headers: HeaderList = []): BffAnswer {
  return { status, headers: [...always, ...headers], body: undefined }
}

/** A page that may do nothing but what `policy` allows on top, and that no other page may frame. */
export function page(
  status: number,
  body: string,
  { policy, headers = [] }: { readonly policy: string; readonly headers?: HeaderList },
): BffAnswer {
  return {
    status,
    headers: [
      ['content-type', 'text/html; charset=utf-8'],
      ['content-security-policy', `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; ${policy}`],
      ['x-frame-options', 'DENY'],
      ...always,
      ...headers,
    ],
    body,
  }
}
