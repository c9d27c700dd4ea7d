import { authenticateClient } from '../clients/client-authentication.ts'
import type { Call, Endpoint } from '../context.ts'
import { checkDpopProof, nextNonceHeader } from '../dpop/dpop-proof.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { AuthorizationRequest } from '../state/records.ts'
import { checkAuthorizationRequest } from './authorization-request.ts'
import { keepPushedRequest } from './pushed-request.ts'
import { checkIsSigned, readRequestObject } from './request-object.ts'
import { readReturnAddress } from './return-address.ts'

/** The DPoP key that the code will be bound to, by proof or by thumbprint. @see RFC 9449 section 10.1 */
async function readKey(call: Call, { dpopJkt }: AuthorizationRequest): Promise<string | undefined> {
  const proved = await checkDpopProof(call)
  if (proved === undefined || dpopJkt === undefined || proved === dpopJkt) return proved ?? dpopJkt
  throw new OAuthError('invalid_dpop_proof', 'dpop_jkt is not the key of the proof')
}

async function push(call: Call): Promise<Response> {
  const { context, received } = call
  const parameters = singleParameters(received)
  const client = await authenticateClient(call, parameters)
  if (parameters.has('request_uri')) {
    throw new OAuthError('invalid_request', 'a pushed request cannot name another by request_uri')
  }
  checkIsSigned(client, parameters)
  const values = new Map(parameters).set('client_id', client.clientId)
  const unpacked = await readRequestObject(context, { ...received, values })
  const returnAddress = readReturnAddress(context, unpacked)
  const request = await checkAuthorizationRequest(context, unpacked, returnAddress)
  const dpopJkt = await readKey(call, request)
  const body = {
    request_uri: keepPushedRequest(context, { ...request, dpopJkt }),
    expires_in: context.settings.lifetimes.pushedRequest,
  }
  return jsonAnswer(body, { status: 201, headers: nextNonceHeader(call) })
}

/** The pushed authorization request endpoint. @see RFC 9126 section 2 */
export const pushedAuthorizationRequestEndpoint: Endpoint = {
  name: 'par',
  path: '/par',
  methods: ['POST'],
  metadata: 'pushed_authorization_request_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: push,
}
