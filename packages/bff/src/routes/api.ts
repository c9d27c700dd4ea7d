import {
  type ConciergeError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { refuse, refuseSession } from '../http/answers.ts'
import { type Cookies, readCookies } from '../http/cookies.ts'
import type {
  BffAnswer,
  BffRequest,
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamCall,
} from '../http/exchange.ts'
import { isOwnScript } from '../http/same-origin.ts'
import type { Api } from '../proxy/api-options.ts'
import { type ApiTarget, readApiTarget } from '../proxy/api-path.ts'
import { callApi } from '../proxy/call-api.ts'
import { forwardHeaders, returnHeaders } from '../proxy/forwarded-headers.ts'
import type { LiveSessions, Visit } from '../sessions/live-sessions.ts'

/** A call of an API, with the session's access token and nothing else of the session. */
export async function api<Body>(
  context: BffContext,
  sessions: LiveSessions,
  { request, upstream }: { readonly request: BffRequest; readonly upstream: Upstream<Body> },
): Promise<BffAnswer<Body>> {
  if (!isOwnScript(request, context.origin)) return refuse(403, 'csrf')
  if (request.header('upgrade') !== undefined) return refuse(501, 'upgrade_not_supported')
  const target = readApiTarget(request.target, `${context.base}/api/`)
  if (!target) return refuse(400, 'path_refused')
  const api = context.apis.get(target.name)
  if (!api?.allows(target.path)) return refuse(404, 'not_found')
  if (!api.methods.has(request.method))
    return refuse(405, 'method_refused', [['allow', [...api.methods].join(', ')]])
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const visit = await sessions.find(cookies)
  if (!visit) return refuseSession('login_required', [])
  let isUpstreams = false
  const send: Upstream<Body>['send'] = (call) =>
    upstream.send(call).catch((error: unknown) => {
      isUpstreams = !(error instanceof UsageError)
      throw error
    })
  try {
    const { senderConstraint } = context
    const renewal = visit.session.renewalFor(api.resource, api.scope)
    const call = callOf(request, api, target)
    const answer = await callApi({ renewal, senderConstraint }, call, { ...upstream, send })
    return await handBack(context, sessions, { answer, api, visit, cookies })
  } catch (error) {
    return failed(context, sessions, { error, isUpstreams, visit, cookies })
  }
}

function callOf(request: BffRequest, api: Api, { path, query }: ApiTarget): UpstreamCall {
  return {
    method: request.method,
    origin: api.origin,
    path: `${api.basePath}${path}` === '' ? `/${query}` : `${api.basePath}${path}${query}`,
    headers: forwardHeaders(request, api),
    answerWithin: api.answerWithin,
  }
}

async function handBack<Body>(
  { base, cookies: rules }: BffContext,
  sessions: LiveSessions,
  { answer, api, visit, cookies }: HandedBack<Body>,
): Promise<BffAnswer<Body>> {
  const { status, body } = answer
  const isRedirect = status >= 300 && status < 400 && status !== 304
  if (isRedirect || status < 200 || status > 599) {
    answer.discard()
    const fault = isRedirect ? 'redirects' : status < 200 ? 'upgrades' : 'malformed'
    return refuse(502, `upstream_${fault}`, await sessionCookies(sessions, visit, cookies))
  }
  const headers = returnHeaders(answer, {
    api,
    cookiePrefix: rules.prefix,
    placeOf: (location) => placeOf(location, api, base),
  })
  for (const cookie of await sessionCookies(sessions, visit, cookies)) headers.push([...cookie])
  return { status, headers, body }
}

interface HandedBack<Body> {
  readonly answer: UpstreamAnswer<Body>
  readonly api: Api
  readonly visit: Visit
  readonly cookies: Cookies
}

/** A session that travels in its cookie must not leave without what was renewed meanwhile. */
async function sessionCookies(sessions: LiveSessions, visit: Visit, cookies: Cookies): Promise<HeaderList> {
  if (visit.presented !== undefined) await visit.session.settled()
  return sessions.cookiesOf(visit, cookies)
}

/** Where the page finds what the API gives an address of; undefined for an address that is not below the API. */
function placeOf(location: string, api: Api, base: string): string | undefined {
  const root = `${api.origin}${api.basePath}`
  const url = URL.canParse(location, `${root}/`) ? new URL(location, `${root}/`) : undefined
  if (!url || url.username || (url.href !== root && !url.href.startsWith(`${root}/`))) return undefined
  return `${base}/api/${api.name}${url.href.slice(root.length)}`
}

/** Only the session's own end is told as that; whatever else failed is told by a code, and no word of it. */
async function failed(
  context: BffContext,
  sessions: LiveSessions,
  { error: thrown, isUpstreams, visit, cookies }: Failure,
): Promise<BffAnswer> {
  const error = context.report(thrown)
  if (error instanceof SessionError && !error.sessionSurvives)
    return refuseSession('session_expired', await sessions.end(visit, cookies))
  const cookieHeaders = await sessions.cookiesOf(visit, cookies).catch(() => [])
  if (isUpstreams) {
    const isLate = error.code === 'timed_out'
    return refuse(isLate ? 504 : 502, isLate ? 'upstream_timed_out' : 'upstream_unreachable', cookieHeaders)
  }
  return refuse(statusOf(error), error.code, [...retryAfter(error), ...cookieHeaders])
}

interface Failure {
  readonly error: unknown
  /** Whether it is the API that failed, and not what comes before. */
  readonly isUpstreams: boolean
  readonly visit: Visit
  readonly cookies: Cookies
}

function statusOf(error: ConciergeError): number {
  if (error instanceof StorageError || error instanceof TransportError) return 503
  return error instanceof UsageError ? 500 : 502
}

function retryAfter(error: ConciergeError): HeaderList {
  const { retryAfter } = error as { readonly retryAfter?: number }
  return retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]
}
