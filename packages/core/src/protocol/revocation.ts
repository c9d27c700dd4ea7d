import * as oauth from 'oauth4webapi'
import type { Client } from './client.ts'
import { conciergeError, oauthClient, oauthOptions } from './oauth.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * Revokes a token, where the server has an endpoint for it; does nothing where it has none.
 * @returns whether the server was asked
 * @throws ServerError `request_refused`; TransportError
 * @see RFC 7009 section 2
 */
export async function requestRevocation(
  client: Client,
  metadata: ServerMetadata,
  token: string,
  hint: 'access_token' | 'refresh_token',
): Promise<boolean> {
  if (!metadata.revocation_endpoint) return false
  const options = { ...oauthOptions(client), additionalParameters: { token_type_hint: hint } }
  try {
    const response = await oauth.revocationRequest(
      metadata,
      oauthClient(client),
      client.authentication,
      token,
      options,
    )
    await oauth.processRevocationResponse(response)
    return true
  } catch (error) {
    throw conciergeError(error)
  }
}
