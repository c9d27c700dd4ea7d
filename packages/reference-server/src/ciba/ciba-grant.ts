import type { Grant } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { redeemPendingGrant } from '../polling/pending-grant.ts'

/** Answers a client that asks whether its user has decided. @see OpenID Connect CIBA Core 1.0 section 10.1 */
export const cibaGrant: Grant = async (request) => {
  const authReqId = request.parameters.get('auth_req_id')
  if (authReqId === undefined) throw new OAuthError('invalid_request', 'parameter auth_req_id is missing')
  return redeemPendingGrant(request, request.call.context.stores.backchannelRequests.get(authReqId))
}
