import { type JwsHeader, ProtocolError, type TokenClient } from '@oauth-concierge/core'
import { parseObject, verifyCompactJws } from '@oauth-concierge/core/jws'

/** What a logout token says, checked. */
export interface LogoutToken {
  readonly jti: string
  readonly exp: number
  readonly sub: string | undefined
  readonly sid: string | undefined
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'
const tolerance = 60
const longestLifetime = 300

/**
 * Reads a logout token: signed by the server's key, for this client, of this moment, about somebody, and no ID token.
 * @throws ProtocolError `logout_token_invalid`; and as the request for the keys does
 * @see OpenID Connect Back-Channel Logout 1.0 section 2.6
 */
export async function readLogoutToken(server: TokenClient, token: string): Promise<LogoutToken> {
  const { type, ...header } = readHeader(token)
  if (type !== undefined && !/^(application\/)?(logout\+)?jwt$/i.test(type))
    throw invalid('is typed as another kind of JWT')
  await verify(server, token, header)
  const claims = parse(token.split('.')[1] ?? '')
  const { iss, aud, iat, exp, jti, sub, sid, events, nonce } = claims
  const { clientId, issuer, runtime } = server.client
  const now = runtime.clock.wallTime() / 1000
  check(iss === issuer, 'is of another issuer')
  check([aud].flat().includes(clientId), 'is for another client')
  check(isTime(iat) && iat <= now + tolerance, 'was issued in the future, or nobody knows when')
  check(isTime(exp) && exp > now - tolerance && exp - iat <= longestLifetime, 'is over, or lives too long')
  check(isName(jti), 'has no jti')
  check(Object(Object(events)[logoutEvent]) === Object(events)[logoutEvent], 'is about no logout')
  check(nonce === undefined, 'has a nonce, as an ID token does')
  check(isName(sub) || isName(sid), 'is about nobody')
  check(
    (sub === undefined || isName(sub)) && (sid === undefined || isName(sid)),
    'has a sub or sid that is none',
  )
  return { jti, exp, sub: isName(sub) ? sub : undefined, sid: isName(sid) ? sid : undefined }
}

/** Any of the server's keys that its header may mean. */
async function verify(server: TokenClient, token: string, header: JwsHeader): Promise<void> {
  const { jwks_uri: url } = await server.metadata()
  if (!url) throw invalid('cannot be verified: the server publishes no keys')
  const algorithms = server.client.idTokenAlgorithms
  if (!algorithms.includes(header.alg)) throw invalid('is signed with an algorithm that is not allowed')
  for (const key of await server.keySet.keysFor(url, header)) {
    const verified = await verifyCompactJws(token, { keys: [key] }, { algorithms }).catch(() => undefined)
    if (verified) return
  }
  throw invalid('has a signature that does not verify')
}

function readHeader(token: string): JwsHeader & { readonly type?: string } {
  const { alg, kid, typ } = parse(token.slice(0, token.indexOf('.')))
  return {
    alg: String(alg),
    ...(typeof kid === 'string' && { kid }),
    ...(typ !== undefined && { type: String(typ) }),
  }
}

function parse(segment: string): Record<string, unknown> {
  const value = parseObject(segment)
  if (value) return value
  throw invalid('is no JWT')
}

const isTime = (value: unknown): value is number => typeof value === 'number' && value > 0 && value < 1e11
const isName = (value: unknown): value is string => typeof value === 'string' && /^[ -~]{1,255}$/.test(value)

function check(holds: boolean, fault: string): asserts holds {
  if (!holds) throw invalid(fault)
}

function invalid(fault: string): ProtocolError {
  return new ProtocolError('logout_token_invalid', `The logout token ${fault}. No session was ended.`)
}
