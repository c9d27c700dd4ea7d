import type { Grant } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { redeemPendingGrant } from '../polling/pending-grant.ts'

/** Answers a device that asks whether its user has decided. @see RFC 8628 section 3.4 */
export const deviceCodeGrant: Grant = async (request) => {
  const deviceCode = request.parameters.get('device_code')
  if (deviceCode === undefined) throw new OAuthError('invalid_request', 'parameter device_code is missing')
  return redeemPendingGrant(request, request.call.context.stores.deviceCodes.get(deviceCode))
}
