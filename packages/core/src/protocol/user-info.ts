import * as oauth from 'oauth4webapi'
import { type ConciergeError, ProtocolError, UsageError } from '../errors.ts'
import type { Client } from './client.ts'
import { isSignedByServer } from './jws-signature.ts'
import type { KeySet } from './key-set.ts'
import { conciergeError, oauthClient, type OAuthOptions, oauthOptions } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'
import { readSignedAnswer } from './signed-answer.ts'

/** What the authorization server says of the user. Values are the server's words: treat them as untrusted text. */
export interface UserInfo {
  readonly sub: string
  readonly [claim: string]: unknown
}

/** Whom a UserInfo request speaks to, and with which keys a signed answer is verified. */
export interface UserInfoEndpoint {
  readonly client: Client
  readonly metadata: ServerMetadata
  readonly keySet: KeySet
}

/**
 * Asks the UserInfo endpoint and compares `sub` with that of the session. Of an answer that is signed, the signature is verified,
 * and issuer and audience where it names them.
 * @throws UsageError `not_supported_by_server`; ServerError `request_refused`; ProtocolError `user_info_invalid`; TransportError
 * @see OpenID Connect Core section 5.3
 */
export async function requestUserInfo(
  endpoint: UserInfoEndpoint,
  session: { readonly accessToken: string; readonly subject: string; readonly boundTo?: string | undefined },
): Promise<UserInfo> {
  const { client, metadata } = endpoint
  if (!metadata.userinfo_endpoint) {
    throw new UsageError('not_supported_by_server', `${client.issuer} names no userinfo_endpoint.`)
  }
  const options = oauthOptions(client)
  return client.senderConstraint
    ? client.senderConstraint.request({ options, boundTo: session.boundTo }, (bound) =>
        exchange(endpoint, session, bound),
      )
    : exchange(endpoint, session, options)
}

async function exchange(
  { client, metadata, keySet }: UserInfoEndpoint,
  session: { readonly accessToken: string; readonly subject: string },
  options: OAuthOptions,
): Promise<UserInfo> {
  const self = oauthClient(client)
  try {
    const response = await oauth.userInfoRequest(metadata, self, session.accessToken, options)
    const signed = await readSignedAnswer(client, response, {
      name: 'UserInfo answer',
      type: 'jwt',
      code: 'user_info_invalid',
    })
    const pinned = { ...self, ...(signed && { userinfo_signed_response_alg: signed.header.alg }) }
    const claims = await oauth.processUserInfoResponse(metadata, pinned, session.subject, response)
    if (!signed || (await isSignedByServer(metadata, keySet, signed))) return claims
  } catch (error) {
    throw userInfoError(conciergeError(error))
  }
  throw new ProtocolError('user_info_invalid', 'The signature of the UserInfo answer does not verify.')
}

function userInfoError(error: ConciergeError): ConciergeError {
  if (!(error instanceof ProtocolError)) return error
  return new ProtocolError(
    'user_info_invalid',
    'The UserInfo answer is malformed or speaks of another subject. It was dropped.',
  )
}
