import * as oauth from 'oauth4webapi'
import type { ClientAuthentication } from './client.ts'
import { usesMutualTls } from './oauth.ts'

/**
 * `tls_client_auth` and `self_signed_tls_client_auth`: the connection proves the client, so hand in a `runtime.http` that presents the
 * client's certificate. Requests go to the server's `mtls_endpoint_aliases` where it has some.
 * @see RFC 8705 sections 2 and 5
 */
export function mutualTls(): ClientAuthentication {
  return Object.assign(oauth.TlsClientAuth(), { [usesMutualTls]: true })
}
