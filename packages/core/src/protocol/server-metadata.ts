import type { AuthorizationServer } from 'oauth4webapi'
import { ProtocolError, TransportError } from '../errors.ts'
import { boundedRequest } from '../ports/bounded-request.ts'
import { type Client, isSecureUrl } from './client.ts'

/** The authorization server's metadata, as it came over the wire and was checked. */
export type ServerMetadata = AuthorizationServer

const metadataLimits = { maxBytes: 262_144 }

/**
 * Finds and checks the metadata of the client's issuer, under OpenID Connect's well-known address first, then RFC 8414's.
 * @throws ProtocolError `metadata_issuer_mismatch`, `metadata_malformed`; TransportError, with `redirected` where the document has moved
 * @see OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3
 */
export async function requestServerMetadata(client: Client): Promise<ServerMetadata> {
  let redirect: TransportError | undefined
  for (const url of wellKnownUrls(client.issuer)) {
    const document = await requestDocument(client, url)
    if (document instanceof TransportError) redirect = document
    else if (document) return checkServerMetadata(client, document)
  }
  throw (
    redirect ??
    new ProtocolError(
      'metadata_malformed',
      `${client.issuer} serves no metadata document under either well-known address. Is issuer right?`,
    )
  )
}

/** Both addresses under which a server may publish its metadata; they differ where the issuer has a path. */
export function wellKnownUrls(issuer: string): string[] {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

/**
 * Finds out whether the server can be reached at all, by a request that means nothing to it and whose answer nobody reads.
 * @throws TransportError while it cannot
 */
export async function probeServer(client: Client, metadata: ServerMetadata): Promise<void> {
  const url = metadata.jwks_uri ?? metadata.token_endpoint ?? client.issuer
  await boundedRequest(client.runtime, url, { mode: 'no-cors', cache: 'no-store' })
}

/**
 * A document that is absent in any of the ways servers have for it (404, an HTML page) is `undefined`. A redirect counts as absent too,
 * and comes back to be told about if there is no document elsewhere.
 */
async function requestDocument(client: Client, url: string): Promise<unknown> {
  try {
    const response = await boundedRequest(
      client.runtime,
      url,
      { headers: { accept: 'application/json' } },
      metadataLimits,
    )
    return response.ok ? await response.json() : undefined
  } catch (error) {
    if (error instanceof TransportError && error.code === 'redirected') return error
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/**
 * Checks a metadata document: the issuer byte for byte, and that every endpoint is as safe as the issuer.
 * @throws ProtocolError `metadata_issuer_mismatch`, `metadata_malformed`
 */
export function checkServerMetadata(client: Client, document: unknown): ServerMetadata {
  const metadata = Object(document) as ServerMetadata
  if (typeof metadata.issuer !== 'string') {
    throw new ProtocolError(
      'metadata_malformed',
      `The metadata document of ${client.issuer} names no issuer.`,
    )
  }
  if (metadata.issuer !== client.issuer) {
    throw new ProtocolError(
      'metadata_issuer_mismatch',
      `The server calls itself "${metadata.issuer.slice(0, 200)}", not "${client.issuer}". If that is your server, set issuer to exactly its words.`,
    )
  }
  for (const members of [metadata, Object(metadata.mtls_endpoint_aliases)]) {
    for (const [name, value] of Object.entries(members)) {
      if (/(_endpoint|_uri)$/.test(name) && value !== undefined) checkEndpoint(client, name, value)
    }
  }
  return metadata
}

function checkEndpoint(client: Client, name: string, value: unknown): void {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  const insecure = url?.protocol === 'http:' && client.issuer.startsWith('https:')
  if (!url || insecure || !isSecureUrl(url) || url.username) {
    throw new ProtocolError(
      'metadata_malformed',
      `The metadata of ${client.issuer} has an unusable ${name}: it must be an https URL.`,
    )
  }
}
