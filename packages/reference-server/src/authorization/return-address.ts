import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Parameters, ReceivedParameters } from '../http/parameters.ts'
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

/** @see OAuth 2.0 Multiple Response Type Encoding Practices section 2.1 */
function usualMode({ dialect }: ServerContext, parameters: Parameters): ResponseMode {
  const responseType = dialect.responseTypes[parameters.get('response_type') ?? '']
  return responseType?.grantType === 'implicit' ? 'fragment' : 'query'
}

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
  }
  if (!values.has('client_id')) throw new OAuthError('invalid_request', 'parameter client_id is missing')
  const client = context.settings.clients.get(values.get('client_id') ?? '')
  if (!client) throw new OAuthError('invalid_client', 'no client with this client_id is registered')
  return {
    client,
    redirectUri: context.dialect.readRedirectUri(client, values.get('redirect_uri')),
    namedRedirectUri: values.has('redirect_uri'),
    responseMode:
      responseModes.find((mode) => mode === values.get('response_mode')) ?? usualMode(context, values),
    state: repeated.has('state') ? undefined : values.get('state'),
  }
}
