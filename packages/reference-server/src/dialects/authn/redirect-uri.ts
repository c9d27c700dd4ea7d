import { readNamedRedirectUri } from '../../clients/redirect-uri.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { Client } from '../../settings.ts'

/**
 * The redirect URI of a request. A client with a single one need not name it; a client with several must.
 *
 * @throws OAuthError `invalid_request`, with status 401 where it is not named
 * @see RFC 6749 section 3.1.2.3
 */
export function readOnlyRedirectUri(client: Client, named: string | undefined): string {
  const [only, ...others] = client.redirectUris
  if (named !== undefined) return readNamedRedirectUri(client, named)
  if (only !== undefined && others.length === 0) return only
  throw new OAuthError('invalid_request', 'the client has several redirect URIs and must name one', {
    status: 401,
  })
}
