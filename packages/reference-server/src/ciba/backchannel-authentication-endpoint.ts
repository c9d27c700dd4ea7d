import { authenticateClient } from '../clients/client-authentication.ts'
import { isPublic } from '../clients/public-client.ts'
import { readScopes } from '../clients/requested-scopes.ts'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { cibaGrantType } from '../grant-types.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { type Parameters, singleParameters } from '../http/parameters.ts'
import { readIdTokenHint } from '../logout/id-token-hint.ts'
import { createPendingGrant } from '../polling/pending-grant.ts'
import type { Client, User } from '../settings.ts'
import type { BackchannelRequest } from '../state/pending-records.ts'
import { findUserByHint } from '../users/find-user.ts'

const longestMessage = 128

/** Kept for a while after its end, so that `expired_token` can be told from an unknown id. */
const keptSeconds = 3600

function checkClient(client: Client): void {
  if (!isPublic(client) && client.grantTypes.includes(cibaGrantType)) return
  throw new OAuthError('unauthorized_client', 'the client is public or not registered for this grant')
}

/** One hint, no more and no less. @see OpenID Connect CIBA Core 1.0 section 7.1 */
async function readUser(context: ServerContext, parameters: Parameters): Promise<User> {
  const hints = ['login_hint', 'id_token_hint', 'login_hint_token'].filter((name) => parameters.has(name))
  if (hints.length !== 1)
    throw new OAuthError('invalid_request', 'one hint at the user is needed, and only one')
  if (hints[0] === 'login_hint_token') {
    throw new OAuthError('invalid_request', 'login_hint_token is not supported')
  }
  const idToken = parameters.get('id_token_hint')
  const hint =
    idToken === undefined ? parameters.get('login_hint') : (await readIdTokenHint(context, idToken)).subject
  const user = findUserByHint(context.settings, hint ?? '')
  if (user) return user
  throw new OAuthError('unknown_user_id', 'no user is known by this hint')
}

function readOpenidScopes(context: ServerContext, client: Client, parameters: Parameters): readonly string[] {
  const scopes = readScopes(context, client, parameters.get('scope'))
  if (scopes.includes('openid')) return scopes
  throw new OAuthError('invalid_scope', 'scope must hold openid')
}

function readBindingMessage(parameters: Parameters): string | undefined {
  const message = parameters.get('binding_message')
  if (message === undefined || message.length <= longestMessage) return message
  throw new OAuthError(
    'invalid_binding_message',
    `binding_message is longer than ${longestMessage} characters`,
  )
}

function readLifetime({ settings }: ServerContext, parameters: Parameters): number {
  const asked = parameters.get('requested_expiry')
  if (asked === undefined) return settings.lifetimes.backchannelRequest
  if (!/^[1-9]\d{0,8}$/.test(asked)) {
    throw new OAuthError('invalid_request', 'requested_expiry must be a number of seconds')
  }
  return Math.min(Number(asked), settings.lifetimes.backchannelRequest)
}

async function readRequest(call: Call): Promise<BackchannelRequest> {
  const { context } = call
  const parameters = singleParameters(call.received)
  const client = await authenticateClient(call, parameters)
  checkClient(client)
  const scopes = readOpenidScopes(context, client, parameters)
  const acrValues = parameters.get('acr_values')?.split(' ') ?? []
  const bindingMessage = readBindingMessage(parameters)
  const lifetime = readLifetime(context, parameters)
  const user = await readUser(context, parameters)
  const pending = createPendingGrant(context, { client, scopes, acrValues, lifetime })
  return { ...pending, authReqId: context.newSecret(), user, bindingMessage }
}

async function authenticate(call: Call): Promise<Response> {
  const { stores, clock } = call.context
  const request = await readRequest(call)
  stores.backchannelRequests.set(request.authReqId, request, request.expiresAt + keptSeconds)
  return jsonAnswer({
    auth_req_id: request.authReqId,
    expires_in: request.expiresAt - clock.now(),
    interval: request.interval,
  })
}

/** The backchannel authentication endpoint, for poll mode. @see OpenID Connect CIBA Core 1.0 section 7 */
export const backchannelAuthenticationEndpoint: Endpoint = {
  name: 'backchannel_authentication',
  path: '/backchannel-authenticate',
  methods: ['POST'],
  metadata: 'backchannel_authentication_endpoint',
  origins: 'none',
  speaks: 'json',
  handle: authenticate,
}
