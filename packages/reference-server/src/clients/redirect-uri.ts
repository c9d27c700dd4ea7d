import { withoutLoopbackPort } from '../http/client-origins.ts'
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
