import { buildParameters, requestToken } from './grant.ts'
import type { TokenClient } from './token-client.ts'
import type { TokenResponse } from './token-request.ts'

/** What a client asks for in its own name. */
export interface ClientCredentialsOptions {
  /** Space-delimited. Default: what the server grants unasked. */
  readonly scope?: string
  /** Where the token will be used. @see RFC 8707 section 2 */
  readonly resource?: string | readonly string[]
  /** Parameters of the server's own, such as `audience`. */
  readonly extraParameters?: Readonly<Record<string, string>>
}

/**
 * Asks for an access token in the client's own name. There is no user and, as a rule, no refresh token: ask again when it ends.
 * @throws ServerError `request_refused`; UsageError `not_supported_by_server`; ProtocolError; TransportError
 * @see RFC 6749 section 4.4
 */
export async function requestClientCredentials(
  tokenClient: TokenClient,
  { scope, resource, extraParameters }: ClientCredentialsOptions = {},
): Promise<TokenResponse> {
  const parameters = buildParameters({ scope, resource }, extraParameters)
  const { response } = await requestToken(tokenClient, { grantType: 'client_credentials', parameters, scope })
  return response
}
