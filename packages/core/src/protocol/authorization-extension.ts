import type { Client } from './client.ts'
import type { KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * Changes how authorization requests are sent or answers are read. Several are applied in the order of their list, each to what the one
 * before made. Made by `jwtResponse()`, `signedRequest()` and `pushedAuthorization()`; where they come together, in this order.
 */
export interface AuthorizationExtension {
  /** Gives the parameters to put into the address of the authorization endpoint, in place of `parameters`. */
  prepare?(client: Client, metadata: ServerMetadata, parameters: URLSearchParams): Promise<URLSearchParams>
  /** Gives the parameters of a plain authorization response, in place of those that came. They are checked afterwards. */
  read?(
    client: Client,
    metadata: ServerMetadata,
    keySet: KeySet,
    parameters: URLSearchParams,
  ): Promise<URLSearchParams>
}
