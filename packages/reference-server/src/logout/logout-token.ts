import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'
import type { Login } from '../state/records.ts'
import { signJwt } from '../tokens/sign-jwt.ts'

/** The member of `events` that makes a JWT a logout token. */
export const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

const lifetimeSeconds = 120

/** Tells one client that a login has ended. @see OpenID Connect Back-Channel Logout 1.0 section 2.4 */
export function buildLogoutToken(context: ServerContext, client: Client, login: Login): Promise<string> {
  const { clock, settings, stores, ledger } = context
  const [id, now] = [stores.nextId('lt'), clock.now()]
  const expiresAt = now + lifetimeSeconds
  const { subject } = login.user
  const written = { kind: 'logout_token', id, familyId: undefined, clientId: client.clientId } as const
  ledger.addToken({ ...written, subject, scope: '', expiresAt })
  const whom = { sub: subject, sid: login.sid, aud: client.clientId }
  const claims = { iss: context.dialect.readIssuer(settings), ...whom, jti: id, iat: now, exp: expiresAt }
  return signJwt(context, { ...claims, events: { [logoutEvent]: {} } }, 'logout+jwt')
}
