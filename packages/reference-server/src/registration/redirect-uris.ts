import { OAuthError } from '../http/oauth-error.ts'

const loopbackHosts: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

/** https, http on loopback, or a private-use scheme, which is a domain name reversed. @see RFC 8252 section 7 */
function isAcceptable(uri: string): boolean {
  if (!URL.canParse(uri) || uri.includes('#')) return false
  const { protocol, hostname } = new URL(uri)
  if (protocol === 'http:') return loopbackHosts.includes(hostname)
  return protocol === 'https:' || protocol.includes('.')
}

/**
 * Checks the redirect URIs of a client that registers itself.
 *
 * @throws OAuthError `invalid_redirect_uri`
 * @see RFC 7591 sections 2 and 3.2.2
 */
export function checkRedirectUris(uris: readonly string[], grantTypes: readonly string[]): void {
  if (grantTypes.includes('authorization_code') && uris.length === 0) {
    throw new OAuthError('invalid_redirect_uri', 'the authorization code grant needs redirect_uris')
  }
  if (uris.every(isAcceptable)) return
  throw new OAuthError(
    'invalid_redirect_uri',
    'redirect_uris must be https, http on loopback, or of a private-use scheme, all without fragment',
  )
}
