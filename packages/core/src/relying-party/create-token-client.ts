import { checkServerMetadata, type ServerMetadata } from '../protocol/server-metadata.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { type ClientOptions, readClient } from './client-options.ts'
import { createServerMemory } from './context.ts'

/** How a client is registered, and what it knows of its server. */
export interface TokenClientOptions extends ClientOptions {
  /** The endpoints, in the words of RFC 8414, of a server that publishes no metadata. Default: they are asked for once. */
  readonly metadata?: Partial<ServerMetadata>
}

/**
 * A client for the grants without a redirect and without a session: `requestClientCredentials`, `requestJwtBearer`, `exchangeToken`,
 * `requestDeviceAuthorization` and `requestBackchannelAuthentication` with their polling. It keeps the server's metadata and keys. Does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for unusable endpoints in `metadata`
 */
export function createTokenClient({ metadata, ...options }: TokenClientOptions): TokenClient {
  const client = readClient(options)
  const { learnMetadata, ...server } = createServerMemory(client)
  if (metadata) learnMetadata(checkServerMetadata(client, { ...metadata, issuer: client.issuer }))
  return { client, ...server }
}
