import { authenticateClient, showsClient } from '../clients/client-authentication.ts'
import type { Call, Endpoint } from '../context.ts'
import { nextNonceHeader } from '../dpop/dpop-proof.ts'
import { readTokenRequestKey } from '../dpop/token-request-key.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { type Parameters, singleParameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'

/** The client by its credentials or, for some grants, by what the grant says. */
async function readClient(call: Call, parameters: Parameters): Promise<Client> {
  const { clientsOfGrants } = call.context.dialect
  const grantType = parameters.get('grant_type') ?? ''
  const find = Object.hasOwn(clientsOfGrants, grantType) ? clientsOfGrants[grantType] : undefined
  const named = find && !showsClient(call, parameters) ? find(call, parameters) : undefined
  if (!named) return authenticateClient(call, parameters)
  call.entry.clientId = named.clientId
  return named
}

async function answerTokenRequest(call: Call): Promise<Response> {
  const { dialect } = call.context
  const parameters = singleParameters(call.received)
  const client = await readClient(call, parameters)
  const grantType = parameters.get('grant_type')
  if (grantType === undefined) throw new OAuthError('invalid_request', 'parameter grant_type is missing')
  const grant = Object.hasOwn(dialect.grants, grantType) ? dialect.grants[grantType] : undefined
  if (!grant) throw new OAuthError('unsupported_grant_type', 'this grant_type is not supported')
  if (!client.grantTypes.includes(grantType)) {
    throw new OAuthError('unauthorized_client', 'the client is not registered for this grant_type')
  }
  const jkt = await readTokenRequestKey(call, client)
  const tokens = await grant({ call, client, parameters, jkt })
  return jsonAnswer(dialect.buildTokenResponse(tokens), { headers: nextNonceHeader(call) })
}

/** The token endpoint. @see RFC 6749 section 3.2 */
export const tokenEndpoint: Endpoint = {
  name: 'token',
  path: '/token',
  methods: ['POST'],
  metadata: 'token_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: answerTokenRequest,
}
