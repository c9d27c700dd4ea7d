import {
  type AuthenticatedSession,
  type AuthorizationDetail,
  type EpochSeconds,
  type IdTokenClaims,
  type Milliseconds,
  type Renewal,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { json, refuse } from '../http/answers.ts'
import { readCookies } from '../http/cookies.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import { isOwnScript } from '../http/same-origin.ts'
import type { LiveSession, LiveSessions, Visit } from '../sessions/live-sessions.ts'
import { waitAtMost } from '../wait-at-most.ts'

/** Who is logged in, as the page is told. No token, and nothing that leads to one. */
export type BffSession =
  | { readonly status: 'anonymous' }
  | {
      readonly status: 'authenticated'
      /** Of the ID token; undefined where there is none. */
      readonly claims: IdTokenClaims | undefined
      readonly scope: readonly string[]
      readonly authorizationDetails: readonly AuthorizationDetail[] | undefined
      /** When the session ends unless it is used. */
      readonly expiresAt: EpochSeconds
      /** What a logout must bring along. */
      readonly logout: string
    }

/** Claims that belong to the login and not to the user. */
const withheld = ['nonce', 'at_hash', 'c_hash', 's_hash', 'sid', 'jti']

/** The session as it may be shown. */
export function showSession({ relyingParty, data, expiresAt }: LiveSession): BffSession {
  const { session } = relyingParty
  if (session.status !== 'authenticated') return { status: 'anonymous' }
  const { scope, authorizationDetails } = session
  return {
    status: 'authenticated',
    claims: shownClaims(session),
    scope,
    authorizationDetails,
    expiresAt: Math.floor(expiresAt),
    logout: data.logoutNonce,
  }
}

function shownClaims({ claims }: Pick<AuthenticatedSession, 'claims'>): IdTokenClaims | undefined {
  if (!claims) return undefined
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !withheld.includes(name)),
  ) as unknown as IdTokenClaims
}

/** Tells the page who is logged in, after a look whether the session can still be renewed. */
export async function session(
  context: BffContext,
  sessions: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  if (!isOwnScript(request, context.origin)) return refuse(403, 'csrf')
  const cookies = readCookies(request.header('cookie'), context.cookies.prefix)
  const { apiPaths: apis } = context
  const visit = await sessions.find(cookies)
  if (!visit) return json(context.options.anonymousStatus ?? 200, { status: 'anonymous', apis })
  const before = visit.session.relyingParty.session
  if (await isOver(context, visit)) {
    const claims = before.status === 'authenticated' ? shownClaims(before) : undefined
    return json(200, { status: 'expired', claims: claims ?? null, apis }, await sessions.end(visit, cookies))
  }
  const headers = await sessions.cookiesOf(visit, cookies)
  return json(200, { ...showSession(visit.session), apis }, headers)
}

/** For a renewal that is due: a server that hangs does not keep the page from beginning. */
const longestWait: Milliseconds = 3_000

/** Whether a renewal that is due is refused for good. One that fails in any other way, or takes long, says nothing. */
async function isOver(context: BffContext, { session, presented }: Visit): Promise<boolean> {
  const { renewal } = session.relyingParty
  if (renewal.peek()) return false
  try {
    // A session that travels in its cookie must not leave without what is being renewed.
    if (presented === undefined) await renewInTime(context, renewal)
    else {
      await renewal.current()
      await session.settled()
    }
    return false
  } catch (error) {
    return !context.report(error).sessionSurvives
  }
}

async function renewInTime({ server, beside }: BffContext, renewal: Renewal): Promise<void> {
  const work = renewal.current().then(() => undefined)
  const late = (): void => beside(work)
  await waitAtMost({ clock: server.client.runtime.clock, longest: longestWait, work, late })
}
