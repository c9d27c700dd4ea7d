import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose'
import type { Call, ClientAuthenticationMethod } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import type { Parameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'
import { clockToleranceSeconds, verifyClientJwt } from './client-jwt.ts'
import { invalidClient } from './invalid-client.ts'

/** The only value of `client_assertion_type`. @see RFC 7523 section 2.2 */
export const clientAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How long an assertion may be good for, in seconds. */
const longestLife = 600

interface PresentedAssertion {
  readonly jwt: string
  readonly clientId: string
  readonly bySecret: boolean
}

function readAssertion(parameters: Parameters): PresentedAssertion | undefined {
  const jwt = parameters.get('client_assertion')
  if (jwt === undefined) return undefined
  if (parameters.get('client_assertion_type') !== clientAssertionType) {
    throw invalidClient(`client_assertion_type must be ${clientAssertionType}`)
  }
  try {
    const { sub } = decodeJwt(jwt)
    const bySecret = decodeProtectedHeader(jwt).alg?.startsWith('HS') ?? false
    if (typeof sub === 'string' && sub !== '') return { jwt, clientId: sub, bySecret }
  } catch {
    // Not a JWT: refused below like one that names nobody.
  }
  throw invalidClient('client_assertion is not a JWT with a sub')
}

/** One audience, and it must be this server: an assertion for several could be replayed among them. */
function checkAudience({ context, entry }: Call, { aud }: JWTPayload): void {
  const accepted = [
    context.settings.issuer,
    endpointUrl(context, 'token'),
    endpointUrl(context, entry.endpoint),
  ]
  const [audience, ...others] = [aud ?? []].flat()
  if (audience === undefined || others.length > 0 || !accepted.includes(audience)) {
    throw invalidClient('client_assertion: aud must be the issuer, and nothing else')
  }
}

function checkFirstUse(
  { context: { stores, clock } }: Call,
  client: Client,
  { jti, exp = 0 }: JWTPayload,
): void {
  if (exp > clock.now() + longestLife) {
    throw invalidClient(`client_assertion: exp is more than ${longestLife} seconds ahead`)
  }
  const id = JSON.stringify([client.clientId, jti])
  if (stores.assertionIds.get(id)) throw invalidClient('client_assertion: its jti has been used before')
  stores.assertionIds.set(id, true, exp + clockToleranceSeconds)
}

async function proveByAssertion(
  call: Call,
  client: Client,
  { jwt, bySecret }: PresentedAssertion,
): Promise<boolean> {
  const rules = { subject: client.clientId, requiredClaims: ['iss', 'aud', 'exp', 'jti'], bySecret }
  const claims = await verifyClientJwt(call.context, client, jwt, rules).catch((error: TypeError) => {
    throw invalidClient(`client_assertion: ${error.message}`)
  })
  if (claims.iss !== client.clientId) throw invalidClient('client_assertion: iss must be the client_id')
  checkAudience(call, claims)
  checkFirstUse(call, client, claims)
  return true
}

function assertionMethod(bySecret: boolean): ClientAuthenticationMethod {
  return (_request, parameters) => {
    const assertion = readAssertion(parameters)
    if (assertion?.bySecret !== bySecret) return undefined
    return {
      clientId: assertion.clientId,
      prove: (client, call) => proveByAssertion(call, client, assertion),
    }
  }
}

/**
 * A JWT signed with one of the client's registered keys. It is good for one use and for ten minutes at most.
 *
 * @see RFC 7523 sections 2.2 and 3, OpenID Connect Core 1.0 section 9
 */
export const privateKeyJwt: ClientAuthenticationMethod = assertionMethod(false)

/** A JWT whose HS256 key is the client's secret. @see OpenID Connect Core 1.0 section 9 */
export const clientSecretJwt: ClientAuthenticationMethod = assertionMethod(true)
