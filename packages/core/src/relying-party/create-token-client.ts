import type { TokenClient } from '../protocol/token-client.ts'
import { type ClientOptions, readClient } from './client-options.ts'
import { createServerMemory, type ServerOptions } from './context.ts'

/** How a client is registered, and what it knows of its server. */
export interface TokenClientOptions extends ClientOptions, ServerOptions {}

/**
 * A client for what needs neither a redirect nor a session: `requestClientCredentials`, `requestJwtBearer`, `exchangeToken`,
 * `requestDeviceAuthorization` and `requestBackchannelAuthentication` with their polling, `requestIntrospection`. It keeps the server's
 * metadata and keys. Does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_issuer_mismatch`, `metadata_malformed` for `metadata` given by hand
 */
export function createTokenClient(options: TokenClientOptions): TokenClient {
  const client = readClient(options)
  const { keySet, metadata } = createServerMemory(client, options)
  return { client, keySet, metadata }
}
