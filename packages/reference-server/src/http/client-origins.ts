import type { Client } from '../settings.ts'

const loopbackLiteral = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d+)?$/

/** The address without the port of a loopback IP literal, which the client may choose anew each time. */
export function withoutLoopbackPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d+(?=\/|\?|$)/, '$1')
}

/**
 * Says whether a web origin belongs to one of these clients, judged by their redirect URIs.
 *
 * @see RFC 8252 section 7.3 for the ports of loopback addresses
 */
export function isClientOrigin(clients: Iterable<Client>, origin: string): boolean {
  const wanted = loopbackLiteral.test(origin) ? withoutLoopbackPort(origin) : origin
  for (const client of clients) {
    for (const uri of client.redirectUris) {
      if (/^https?:/.test(uri) && withoutLoopbackPort(new URL(uri).origin) === wanted) return true
    }
  }
  return false
}
