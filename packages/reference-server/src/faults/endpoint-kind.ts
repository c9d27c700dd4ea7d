/** What a request is for, as far as faults tell requests apart. */
export type EndpointKind =
  | 'discovery'
  | 'jwks'
  | 'authorize'
  | 'par'
  | 'token'
  | 'userinfo'
  | 'introspection'
  | 'revocation'
  | 'end_session'
  | 'device_authorization'
  | 'backchannel_authentication'
  | 'registration'
  | 'resource'
  | 'other'

/** The metadata member that announces each endpoint. @see RFC 8414 section 2 */
const members: Readonly<Record<string, EndpointKind>> = {
  jwks_uri: 'jwks',
  authorization_endpoint: 'authorize',
  pushed_authorization_request_endpoint: 'par',
  token_endpoint: 'token',
  userinfo_endpoint: 'userinfo',
  introspection_endpoint: 'introspection',
  revocation_endpoint: 'revocation',
  end_session_endpoint: 'end_session',
  device_authorization_endpoint: 'device_authorization',
  backchannel_authentication_endpoint: 'backchannel_authentication',
  registration_endpoint: 'registration',
}

/** Where a server's endpoints are: metadata members and their URLs, `protected_resources` among them. */
export type EndpointUrls = Readonly<Record<string, unknown>>

const isDiscovery = (path: string): boolean =>
  /\/\.well-known\/(openid-configuration|oauth-authorization-server)(\/|$)/.test(path)

function pathOf(url: unknown): string | undefined {
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).pathname : undefined
}

/** @see RFC 9728 section 4 */
function isResource({ pathname }: URL, { protected_resources: resources }: EndpointUrls): boolean {
  return Array.isArray(resources) && resources.some((identifier) => pathOf(identifier) === pathname)
}

/** Finds out by its path what a request is for. */
export function endpointKindOf(url: URL, endpoints: EndpointUrls): EndpointKind {
  if (isDiscovery(url.pathname)) return 'discovery'
  if (isResource(url, endpoints)) return 'resource'
  for (const [member, kind] of Object.entries(members)) {
    const path = pathOf(endpoints[member])
    if (path === url.pathname) return kind
    // Servers ask before a logout on a page below the endpoint.
    if (kind === 'end_session' && path !== undefined && url.pathname.startsWith(`${path}/`)) return kind
  }
  return 'other'
}

/** The discovery document of the issuer, or nothing where there is none. */
async function discoverEndpoints(target: Target, issuer: string): Promise<EndpointUrls> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const answer = await target(new Request(url, { headers: { Accept: 'application/json' } }))
  if (!answer.ok) return {}
  return (await answer.json().catch(() => ({}))) as EndpointUrls
}

type Target = (request: Request) => Promise<Response>

/** Where the endpoints are said to be, or where to look for that. */
export interface Whereabouts {
  readonly endpoints?: EndpointUrls
  readonly issuer?: string
}

/** Finds a server's endpoints once they are needed, and keeps what it found. */
export function createLocator(
  target: Target,
  { endpoints, issuer }: Whereabouts,
): (url: URL) => Promise<EndpointUrls> {
  let found: EndpointUrls | undefined = endpoints
  return async (url) => {
    if (found) return found
    const discovered = await discoverEndpoints(target, issuer ?? url.origin)
    if (Object.keys(discovered).length > 0) found = discovered
    return discovered
  }
}
