import { UsageError } from '@oauth-concierge/core'
import { type BffContext, createBffContext } from './bff-context.ts'
import type { BffOptions } from './bff-options.ts'
import { empty, refuse } from './http/answers.ts'
import { readCookies } from './http/cookies.ts'
import type { BffAnswer, BffRequest, Handle } from './http/exchange.ts'
import { api } from './routes/api.ts'
import { backchannelLogout } from './routes/backchannel-logout.ts'
import { callback } from './routes/callback.ts'
import { login } from './routes/login.ts'
import { loggedOut, logout } from './routes/logout.ts'
import { type BffSession, session, showSession } from './routes/session.ts'
import { createLiveSessions, type LiveSessions } from './sessions/live-sessions.ts'
import { fetchThrough } from './web/fetch-through.ts'

/** A backend for a frontend. */
export interface Bff {
  /** Answers a request of the browser or of the authorization server; 404 for what is not below `base`. */
  fetch(request: Request): Promise<Response>
  /** Who is logged in, for pages that are rendered on the server. Renews nothing and sets no cookie. @throws StorageError `storage_failed` */
  getSession(request: Pick<Request, 'headers'>): Promise<BffSession>
  /** Whether a request target is one of this BFF. */
  serves(target: string): boolean
  /** The same as `fetch`, for adapters of servers that have requests of another form. */
  readonly handle: Handle
}

type Route = (context: BffContext, sessions: LiveSessions, request: BffRequest) => Promise<BffAnswer>

const routes: Readonly<Record<string, { readonly methods: readonly string[]; readonly run: Route }>> = {
  login: { methods: ['GET'], run: login },
  callback: { methods: ['GET', 'POST'], run: callback },
  session: { methods: ['GET'], run: session },
  logout: { methods: ['POST'], run: logout },
  'logged-out': { methods: ['GET'], run: loggedOut },
  'backchannel-logout': { methods: ['POST'], run: backchannelLogout },
}

/**
 * Login, sessions and an API proxy for a page that never holds a token. Construction does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_issuer_mismatch`, `metadata_malformed` for `metadata` given by hand
 * @see OAuth 2.0 for Browser-Based Applications section 6.1
 */
export function createBff(options: BffOptions): Bff {
  const context = createBffContext(options)
  const sessions = createLiveSessions(context)
  const inside = `${context.base}/`
  const apis = `${inside}api/`

  const serves = (target: string): boolean => target.startsWith(inside)

  const route = async (request: BffRequest): Promise<BffAnswer> => {
    const name = request.target.slice(inside.length).replace(/\?.*$/s, '')
    const found = Object.hasOwn(routes, name) ? routes[name] : undefined
    if (!found) return refuse(404, 'not_found')
    if (!found.methods.includes(request.method)) return empty(405, [['allow', found.methods.join(', ')]])
    return found.run(context, sessions, request)
  }

  const handle: Handle = async (request, upstream) => {
    if (!serves(request.target)) return refuse(404, 'not_found')
    try {
      return await (request.target.startsWith(apis)
        ? api(context, sessions, { request, upstream })
        : route(request))
    } catch (error) {
      const { code } = context.report(error)
      return refuse(error instanceof UsageError ? 500 : 503, code)
    }
  }

  return {
    serves,
    handle,
    fetch: (request) => fetchThrough(handle, context.server.client.runtime, request),
    getSession: async ({ headers }) => {
      const cookies = readCookies(headers.get('cookie') ?? undefined, context.cookies.prefix)
      const visit = await sessions.find(cookies)
      return visit ? showSession(visit.session) : { status: 'anonymous' }
    },
  }
}
