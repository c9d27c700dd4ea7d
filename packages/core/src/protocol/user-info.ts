import * as oauth from 'oauth4webapi'
import { type ConciergeError, ProtocolError, UsageError } from '../errors.ts'
import type { Client } from './client.ts'
import { conciergeError, oauthClient, oauthOptions } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** What the authorization server says of the user. Values are the server's words: treat them as untrusted text. */
export interface UserInfo {
  readonly sub: string
  readonly [claim: string]: unknown
}

/**
 * Asks the UserInfo endpoint and compares `sub` with that of the session.
 * @throws UsageError `not_supported_by_server`; ServerError `request_refused`; ProtocolError `user_info_invalid`; TransportError
 * @see OpenID Connect Core section 5.3
 */
export async function requestUserInfo(
  client: Client,
  metadata: ServerMetadata,
  session: { readonly accessToken: string; readonly subject: string },
): Promise<UserInfo> {
  if (!metadata.userinfo_endpoint) {
    throw new UsageError('not_supported_by_server', `${client.issuer} names no userinfo_endpoint.`)
  }
  const self = oauthClient(client)
  try {
    const response = await oauth.userInfoRequest(metadata, self, session.accessToken, oauthOptions(client))
    return await oauth.processUserInfoResponse(metadata, self, session.subject, response)
  } catch (error) {
    throw userInfoError(error)
  }
}

function userInfoError(error: unknown): ConciergeError {
  const known = conciergeError(error)
  if (!(known instanceof ProtocolError)) return known
  return new ProtocolError(
    'user_info_invalid',
    'The UserInfo answer is malformed or speaks of another subject. It was dropped.',
  )
}
