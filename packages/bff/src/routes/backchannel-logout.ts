import { ProtocolError } from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { empty, refuse } from '../http/answers.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import type { LiveSessions } from '../sessions/live-sessions.ts'
import { indexOf } from '../sessions/session-data.ts'
import { type LogoutToken, readLogoutToken } from './logout-token.ts'

const longestBody = 65_536

/**
 * The authorization server says that a session is over. Every session that the token is about ends, on whichever machine it is used.
 * @see OpenID Connect Back-Channel Logout 1.0 section 2.7
 */
export async function backchannelLogout(
  context: BffContext,
  _: LiveSessions,
  request: BffRequest,
): Promise<BffAnswer> {
  const token = await readToken(request)
  if (token === undefined) return refuse(400, 'invalid_request')
  try {
    const logout = await readLogoutToken(context.server, token)
    await refuseUsed(context, logout)
    await context.store.deleteAll(indexOf(logout))
    await remember(context, logout)
    return empty(200)
  } catch (error) {
    context.report(error)
    // 400 says that trying again helps nothing; what the network or the store did to us may pass.
    return error instanceof ProtocolError ? refuse(400, 'invalid_request') : refuse(503, 'try_again')
  }
}

async function readToken(request: BffRequest): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.header('content-type') ?? '')) return undefined
  const body = await request.text(longestBody)
  const tokens = new URLSearchParams(body).getAll('logout_token')
  return tokens.length === 1 ? tokens[0] : undefined
}

/** A token serves once: whoever sends it again is not the server. */
async function refuseUsed({ store }: BffContext, logout: LogoutToken): Promise<void> {
  if (await store.look(keyOf(logout)))
    throw new ProtocolError(
      'logout_token_invalid',
      'The logout token was used already. No session was ended.',
    )
}

/** Only what was done is remembered: a server that is told to try again must be able to. */
async function remember({ store }: BffContext, logout: LogoutToken): Promise<void> {
  await store.write(keyOf(logout), true, { expiresAt: logout.exp + 120 })
}

function keyOf({ jti }: LogoutToken): string {
  return `logout:${encodeURIComponent(jti)}`
}
