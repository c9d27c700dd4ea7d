import * as oauth from 'oauth4webapi'
import { ProtocolError, UsageError } from '../errors.ts'
import type { EpochSeconds } from '../ports/clock.ts'
import { isSignedByServer } from './jws-signature.ts'
import { conciergeError, oauthClient, oauthOptions } from './oauth.ts'
import { readSignedAnswer } from './signed-answer.ts'
import type { TokenClient } from './token-client.ts'

/** What the authorization server says of a token. Everything but `active` is there only for an active one, and only as far as the server tells. */
export interface Introspection {
  /** Whether the token is in force for whoever asked. */
  readonly active: boolean
  readonly scope?: string
  readonly client_id?: string
  readonly username?: string
  readonly token_type?: string
  readonly exp?: EpochSeconds
  readonly iat?: EpochSeconds
  readonly sub?: string
  readonly aud?: string | readonly string[]
  readonly iss?: string
  readonly [member: string]: unknown
}

/**
 * Asks the authorization server what a token is good for. An answer that comes as a signed JWT is verified.
 * @param hint where the kind of token is known
 * @throws UsageError `not_supported_by_server`; ServerError `request_refused`; ProtocolError `server_answer_malformed`, `key_not_found`, `key_set_malformed`; TransportError
 * @see RFC 7662 section 2, RFC 9701 section 5
 */
export async function requestIntrospection(
  { client, keySet, metadata: askMetadata }: TokenClient,
  token: string,
  hint?: 'access_token' | 'refresh_token',
): Promise<Introspection> {
  const metadata = await askMetadata()
  if (!metadata.introspection_endpoint) {
    throw new UsageError('not_supported_by_server', `${client.issuer} names no introspection_endpoint.`)
  }
  const options = { ...oauthOptions(client), additionalParameters: hint ? { token_type_hint: hint } : {} }
  const self = oauthClient(client)
  try {
    const { authentication } = client
    const response = await oauth.introspectionRequest(metadata, self, authentication, token, options)
    const signed = await readSignedAnswer(client, response, {
      name: 'introspection answer',
      type: 'token-introspection+jwt',
      code: 'server_answer_malformed',
    })
    const pinned = { ...self, ...(signed && { introspection_signed_response_alg: signed.header.alg }) }
    const answer = await oauth.processIntrospectionResponse(metadata, pinned, response)
    if (signed && !(await isSignedByServer(metadata, keySet, signed))) {
      throw new ProtocolError(
        'server_answer_malformed',
        'The signature of the introspection answer does not verify.',
      )
    }
    return answer
  } catch (error) {
    throw conciergeError(error, 'server_answer_malformed')
  }
}
