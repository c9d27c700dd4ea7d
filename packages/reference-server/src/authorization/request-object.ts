import type { JWTPayload } from 'jose'
import { verifyClientJwt } from '../clients/client-jwt.ts'
import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { collectParameters, type Parameters, type ReceivedParameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'

const refusal = (description: string) => new OAuthError('invalid_request_object', `request: ${description}`)

/** Claims of the JWT itself, which are no parameters of the request. */
const jwtClaims: ReadonlySet<string> = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub'])

function readClient(context: ServerContext, { values, repeated }: ReceivedParameters): Client {
  for (const name of ['client_id', 'request']) {
    if (repeated.has(name)) throw new OAuthError('invalid_request', `parameter ${name} is repeated`)
  }
  if (values.has('request_uri')) {
    throw new OAuthError('invalid_request', 'request and request_uri exclude each other')
  }
  const client = context.settings.clients.get(values.get('client_id') ?? '')
  if (!client) throw new OAuthError('invalid_client', 'no client with this client_id is registered')
  return client
}

/** @see RFC 9101 sections 4, 5 and 10.8 */
function checkClaims({ settings }: ServerContext, client: Client, claims: JWTPayload): void {
  const { clientId } = client
  if (claims['client_id'] !== clientId) throw refusal('its client_id is not that of the request')
  if (claims.iss !== undefined && claims.iss !== clientId) throw refusal('iss must be the client_id')
  if (claims.sub === clientId) throw refusal('sub must not be the client_id')
  if (claims.aud !== undefined && ![claims.aud].flat().includes(settings.issuer)) {
    throw refusal('aud must be the issuer')
  }
  if ('request' in claims || 'request_uri' in claims) throw refusal('it holds another request')
}

/** One parameter as it would have come in a query: text stays, everything else becomes JSON. */
function toPairs([name, value]: [string, unknown]): [string, string][] {
  if (value === null || value === undefined || jwtClaims.has(name)) return []
  if (name === 'resource' && Array.isArray(value)) return value.map((item) => [name, String(item)])
  return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
}

/**
 * Unpacks a signed request object. Its parameters are then the whole request: those beside it count for
 * nothing. A request without one is given back as it is.
 *
 * @throws OAuthError `invalid_request_object`, `invalid_client` or `invalid_request`
 * @see RFC 9101 sections 5 and 6
 */
export async function readRequestObject(
  context: ServerContext,
  received: ReceivedParameters,
): Promise<ReceivedParameters> {
  const jwt = received.values.get('request')
  if (jwt === undefined) return received
  const client = readClient(context, received)
  const rules = { typ: 'oauth-authz-req+jwt' }
  const claims = await verifyClientJwt(context, client, jwt, rules).catch((error: TypeError) => {
    throw refusal(error.message)
  })
  checkClaims(context, client, claims)
  return collectParameters(Object.entries(claims).flatMap(toPairs))
}

/**
 * Refuses a plain request of a client that has to sign.
 *
 * @throws OAuthError `invalid_request`
 * @see RFC 9101 section 10.5
 */
export function checkIsSigned(client: Client, parameters: Parameters): void {
  if (!client.requireSignedRequestObject || parameters.has('request')) return
  throw new OAuthError(
    'invalid_request',
    'this client has to sign its requests: parameter request is missing',
  )
}
