import { generateRandomState } from 'oauth4webapi'
import type { Client } from './client.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** An RP-initiated logout: where to send the user, and with which parameters. */
export interface EndSessionRequest {
  readonly endpoint: string
  readonly parameters: Readonly<Record<string, string>>
  /** Comes back with the user; undefined where there is no way back. */
  readonly state: string | undefined
}

/**
 * Builds the request that ends the user's session at the authorization server; undefined where the server has no endpoint for it.
 * @see OpenID Connect RP-Initiated Logout 1.0 section 2
 */
export function buildEndSessionRequest(
  client: Client,
  metadata: ServerMetadata,
  {
    idToken,
    postLogoutRedirectUri,
  }: { readonly idToken?: string | undefined; readonly postLogoutRedirectUri?: string | undefined },
): EndSessionRequest | undefined {
  const endpoint = metadata.end_session_endpoint
  if (!endpoint) return undefined
  const state = postLogoutRedirectUri === undefined ? undefined : generateRandomState()
  const parameters = {
    client_id: client.clientId,
    ...(idToken !== undefined && { id_token_hint: idToken }),
    ...(postLogoutRedirectUri !== undefined && { post_logout_redirect_uri: postLogoutRedirectUri }),
    ...(state !== undefined && { state }),
  }
  return { endpoint, parameters, state }
}
