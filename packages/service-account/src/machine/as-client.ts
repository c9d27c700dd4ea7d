import type { ClientAuthentication, TokenClient } from '@oauth-concierge/core'

/** The same client, proving itself another way for one request. */
export function asClient(tokenClient: TokenClient, authentication: ClientAuthentication): TokenClient {
  return { ...tokenClient, client: { ...tokenClient.client, authentication } }
}
