import { withoutLoopbackPort } from '../http/client-origins.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client } from '../settings.ts'

/**
 * Says whether the client registered this redirect URI: character by character, save that a loopback IP
 * literal may come with any port.
 *
 * @see RFC 9700 section 4.1.3 and RFC 8252 section 7.3
 */
export function isRegisteredRedirectUri(client: Client, redirectUri: string): boolean {
  return client.redirectUris.some(
    (registered) =>
      registered === redirectUri || withoutLoopbackPort(registered) === withoutLoopbackPort(redirectUri),
  )
}

/**
 * The redirect URI of a request, which has to name it and to have registered it.
 *
 * @throws OAuthError `invalid_request`
 * @see OpenID Connect Core 1.0 section 3.1.2.1
 */
export function readNamedRedirectUri(client: Client, named: string | undefined): string {
  if (named === undefined) throw new OAuthError('invalid_request', 'parameter redirect_uri is missing')
  if (isRegisteredRedirectUri(client, named)) return named
  throw new OAuthError('invalid_request', 'this redirect_uri is not registered for the client')
}
