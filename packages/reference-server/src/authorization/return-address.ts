import { isRegisteredRedirectUri } from '../clients/redirect-uri.ts'
import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { ReceivedParameters } from '../http/parameters.ts'
import type { ResponseMode, ReturnAddress } from '../state/records.ts'

/** The response modes this server knows. */
export const responseModes: readonly ResponseMode[] = [
  'query',
  'fragment',
  'form_post',
  'jwt',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
]

/**
 * Finds out where an answer may go. Until this has succeeded nothing may be redirected.
 *
 * @throws OAuthError to be shown on a page: `invalid_client` or `invalid_request`
 * @see RFC 6749 section 4.1.2.1
 */
export function readReturnAddress(context: ServerContext, received: ReceivedParameters): ReturnAddress {
  const { values, repeated } = received
  for (const name of ['client_id', 'redirect_uri']) {
    if (repeated.has(name)) throw new OAuthError('invalid_request', `parameter ${name} is repeated`)
    if (!values.has(name)) throw new OAuthError('invalid_request', `parameter ${name} is missing`)
  }
  const client = context.settings.clients.get(values.get('client_id') ?? '')
  if (!client) throw new OAuthError('invalid_client', 'no client with this client_id is registered')
  const redirectUri = values.get('redirect_uri') ?? ''
  if (!isRegisteredRedirectUri(client, redirectUri)) {
    throw new OAuthError('invalid_request', 'this redirect_uri is not registered for the client')
  }
  return {
    client,
    redirectUri,
    responseMode: responseModes.find((mode) => mode === values.get('response_mode')) ?? 'query',
    state: repeated.has('state') ? undefined : values.get('state'),
  }
}
