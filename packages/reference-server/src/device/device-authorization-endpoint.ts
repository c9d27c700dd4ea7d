import { authenticateClient } from '../clients/client-authentication.ts'
import { readScopes } from '../clients/requested-scopes.ts'
import type { Call, Endpoint } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { deviceCodeGrantType } from '../grant-types.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import { createPendingGrant } from '../polling/pending-grant.ts'
import type { DeviceAuthorization } from '../state/pending-records.ts'
import { createUserCode, normalizeUserCode } from './user-code.ts'

/** Kept for a while after its end, so that `expired_token` can be told from an unknown code. */
const keptSeconds = 3600

function keepDevice(call: Call, device: DeviceAuthorization): string {
  const { stores, newSecret } = call.context
  const deviceCode = newSecret()
  stores.deviceCodes.set(deviceCode, device, device.expiresAt + keptSeconds)
  stores.userCodes.set(normalizeUserCode(device.userCode), device, device.expiresAt)
  return deviceCode
}

async function authorizeDevice(call: Call): Promise<Response> {
  const { context } = call
  const parameters = singleParameters(call.received)
  const client = await authenticateClient(call, parameters)
  if (!client.grantTypes.includes(deviceCodeGrantType)) {
    throw new OAuthError('unauthorized_client', 'the client is not registered for the device grant')
  }
  const scopes = readScopes(context, client, parameters.get('scope'))
  const lifetime = context.settings.lifetimes.deviceCode
  const pending = createPendingGrant(context, { client, scopes, acrValues: [], lifetime })
  const device = { ...pending, userCode: createUserCode(context) }
  const verificationUri = endpointUrl(context, 'device')
  return jsonAnswer({
    device_code: keepDevice(call, device),
    user_code: device.userCode,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?user_code=${device.userCode}`,
    expires_in: lifetime,
    interval: device.interval,
  })
}

/** The device authorization endpoint. @see RFC 8628 section 3.1 */
export const deviceAuthorizationEndpoint: Endpoint = {
  name: 'device_authorization',
  path: '/device-authorization',
  methods: ['POST'],
  metadata: 'device_authorization_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: authorizeDevice,
}
