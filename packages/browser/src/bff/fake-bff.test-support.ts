import type { Http } from '@oauth-concierge/core'
import { origin } from './fake-browser.test-support.ts'

/** A request as the BFF got it. */
export interface BffCall {
  readonly path: string
  readonly init: RequestInit
  readonly headers: Headers
}

/** A BFF whose sessions a test sets, and whose answers it may replace. */
export interface FakeBff {
  readonly http: Http
  readonly calls: readonly BffCall[]
  /** How often it was asked for the session. */
  asked(): number
  session: Readonly<Record<string, unknown>>
  /** Answers in place of the BFF; undefined leaves it to the BFF. Throwing stands for a network that fails. */
  instead: (call: BffCall) => Promise<Response> | Response | undefined
}

export const apis = {
  'https://api.example': '/auth/api/orders',
  'https://api.example/v2': '/auth/api/second',
}

export const ada = {
  status: 'authenticated',
  claims: { iss: 'https://id.example', sub: 'ada', aud: 'app', iat: 1, exp: 2, address: { country: 'DE' } },
  scope: ['openid', 'orders.read'],
  expiresAt: 1_800_003_600,
  logout: 'nonce-1',
}

/** A BFF under `/auth` at which nobody is logged in yet. */
export function createFakeBff(): FakeBff {
  const calls: BffCall[] = []
  const bff: FakeBff = {
    calls,
    asked: () => calls.filter(({ path }) => path === '/auth/session').length,
    session: { status: 'anonymous' },
    instead: () => undefined,
    http: async (url, init) => {
      const { pathname, search } = new URL(url, origin)
      const call = { path: pathname + search, init, headers: new Headers(init.headers) }
      calls.push(call)
      const isOwn = call.headers.get('x-concierge') === '1'
      if (!isOwn) return Response.json({ error: 'csrf' }, { status: 403 })
      return (await bff.instead(call)) ?? answer(bff, call)
    },
  }
  return bff
}

function answer({ session }: FakeBff, { path, init }: BffCall): Response {
  if (path === '/auth/session') return Response.json({ ...session, apis })
  if (session['status'] !== 'authenticated') return refuseSession('login_required')
  return Response.json({ path, method: init.method })
}

/** How a BFF says that there is no session for a call. */
export function refuseSession(error: string): Response {
  return Response.json({ error }, { status: 401, headers: { 'x-concierge-error': error } })
}

/** What a browser makes of a redirect that it was told not to follow: an answer without anything. */
export const redirected = (): Response => Response.error()
