import { ProtocolError, UsageError } from '../errors.ts'
import { boundedRequest } from '../ports/bounded-request.ts'
import { completeRuntime } from '../ports/default-runtime.ts'
import type { Runtime } from '../ports/runtime.ts'
import { isSecureUrl } from './client.ts'

/** What an API says of itself, in the words of RFC 9728 section 2. */
export interface ResourceMetadata {
  readonly resource: string
  /** Issuers whose tokens the API takes. Log in only at one that you chose: this list alone is no reason to trust it. */
  readonly authorization_servers?: readonly string[]
  readonly scopes_supported?: readonly string[]
  readonly bearer_methods_supported?: readonly string[]
  readonly jwks_uri?: string
  readonly resource_name?: string
  readonly dpop_bound_access_tokens_required?: boolean
  readonly [member: string]: unknown
}

/**
 * Asks an API which authorization servers and scopes it takes, under its well-known address.
 * @param resource the API's resource identifier, exactly as it calls itself, such as `https://api.example.com/orders`
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `resource_metadata_invalid`; TransportError
 * @see RFC 9728 section 3
 */
export async function requestResourceMetadata(
  resource: string,
  options: { readonly runtime?: Partial<Runtime> } = {},
): Promise<ResourceMetadata> {
  const url = wellKnownUrl(resource)
  const response = await boundedRequest(
    completeRuntime(options.runtime),
    url,
    { headers: { accept: 'application/json' } },
    { maxBytes: 262_144 },
  )
  const document: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  const metadata = Object(document) as ResourceMetadata
  if (metadata.resource !== resource) {
    throw new ProtocolError('resource_metadata_invalid', `${url} does not describe "${resource}".`)
  }
  const { authorization_servers: issuers = [] } = metadata
  if (!Array.isArray(issuers) || !issuers.every(isSecureIssuer)) {
    throw new ProtocolError(
      'resource_metadata_invalid',
      `${url} names authorization servers that are no https URLs.`,
    )
  }
  return metadata
}

function wellKnownUrl(resource: string): string {
  const url = URL.canParse(resource) ? new URL(resource) : undefined
  if (!url || url.hash || url.username) {
    throw new UsageError('invalid_configuration', 'A resource must be an absolute URL without fragment.')
  }
  if (!isSecureUrl(url)) {
    throw new UsageError(
      'insecure_url',
      `A resource must be https; plain http works on loopback only. Got ${url.origin}.`,
    )
  }
  return `${url.origin}/.well-known/oauth-protected-resource${url.pathname.replace(/^\/$/, '')}${url.search}`
}

function isSecureIssuer(issuer: unknown): boolean {
  return typeof issuer === 'string' && URL.canParse(issuer) && isSecureUrl(new URL(issuer))
}
