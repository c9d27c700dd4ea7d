import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Parameters } from '../http/parameters.ts'
import type { AuthorizationRequest } from '../state/records.ts'

const prefix = 'urn:ietf:params:oauth:request_uri:'

/** Keeps a pushed request and gives its `request_uri`, to be used once and soon. @see RFC 9126 section 2.2 */
export function keepPushedRequest(
  { stores, clock, settings, newSecret }: ServerContext,
  request: AuthorizationRequest,
): string {
  const requestUri = prefix + newSecret()
  stores.pushedRequests.set(requestUri, request, clock.now() + settings.lifetimes.pushedRequest)
  return requestUri
}

/** Says whether the parameters name a pushed request. Any other `request_uri` is a reference by URL. */
export function namesPushedRequest(parameters: Parameters): boolean {
  return parameters.get('request_uri')?.startsWith(prefix) ?? false
}

/**
 * Takes the pushed request that the parameters name. Whatever else they hold counts for nothing.
 *
 * @throws OAuthError `invalid_request_uri`, to be shown on a page: nobody knows where an answer could go
 * @see RFC 9126 section 4
 */
export function takePushedRequest({ stores }: ServerContext, parameters: Parameters): AuthorizationRequest {
  const requestUri = parameters.get('request_uri') ?? ''
  const request = stores.pushedRequests.get(requestUri)
  if (!request || request.client.clientId !== parameters.get('client_id')) {
    throw new OAuthError(
      'invalid_request_uri',
      'this request_uri is unknown, used or expired, or another client pushed it',
    )
  }
  stores.pushedRequests.delete(requestUri)
  return request
}
