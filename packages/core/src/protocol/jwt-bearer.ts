import { buildParameters, requestToken } from './grant.ts'
import type { TokenClient } from './token-client.ts'
import type { TokenResponse } from './token-request.ts'

/** An assertion and what is asked for by it. */
export interface JwtBearerOptions {
  /**
   * The signed JWT. Its `jti` and `iat` count once, so sign a new one for each request; a function is called for each, also where one
   * must be made again for a DPoP nonce.
   */
  readonly assertion: string | (() => Promise<string>)
  /** Space-delimited. Some servers want it inside the assertion instead. */
  readonly scope?: string
  /** @see RFC 8707 section 2 */
  readonly resource?: string | readonly string[]
  readonly extraParameters?: Readonly<Record<string, string>>
}

/**
 * Asks for an access token by a signed assertion, for the subject that it names.
 * @throws ServerError `request_refused`, with `error: 'invalid_grant'` for an assertion the server does not take; UsageError
 * `not_supported_by_server`; ProtocolError; TransportError
 * @see RFC 7523 section 2.1
 */
export async function requestJwtBearer(
  tokenClient: TokenClient,
  { assertion, scope, resource, extraParameters }: JwtBearerOptions,
): Promise<TokenResponse> {
  const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  const parameters = buildParameters({ scope, resource }, extraParameters)
  const prepare = async (): Promise<void> =>
    parameters.set('assertion', typeof assertion === 'string' ? assertion : await assertion())
  const { response } = await requestToken(tokenClient, { grantType, parameters, scope, prepare })
  return response
}
