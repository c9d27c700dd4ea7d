import { type AccessFault, accessError, type Protection } from '../access/challenges.ts'
import { protectedHandler } from '../access/protected-handler.ts'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { dpopSigningAlgs } from '../dpop/dpop-proof.ts'
import { issuerPath } from '../endpoint-url.ts'
import { documentAnswer, jsonAnswer } from '../http/answers.ts'
import { type Parameters, readBoundedText } from '../http/parameters.ts'
import type { ProtectedResource } from '../settings.ts'
import type { AccessTokenRecord } from '../state/records.ts'
import { buildAudienceClaim } from '../tokens/access-token.ts'
import { findStepUpFault, readStepUp } from './step-up.ts'

const wellKnown = '/.well-known/oauth-protected-resource'

/** The well-known path stands between the host and the resource's own path. @see RFC 9728 section 3.1 */
function metadataUrl({ settings }: ServerContext, { path }: ProtectedResource): string {
  const { origin } = new URL(settings.issuer)
  return origin + wellKnown + issuerPath(settings.issuer) + path
}

type Fault = Omit<AccessFault, 'scheme'>

/** A token for this resource, or for nothing in particular. @see RFC 9068 section 4 */
function findAudienceFault(
  { settings }: ServerContext,
  resource: ProtectedResource,
  { audience }: AccessTokenRecord,
): Fault | undefined {
  const accepted = [resource.identifier, settings.issuer, settings.audience]
  if (audience.some((one) => accepted.includes(one))) return undefined
  return { code: 'invalid_token', description: 'the access token is for another resource', status: 401 }
}

/** @see RFC 6750 section 3.1 */
function findScopeFault(needed: readonly string[], { scopes }: AccessTokenRecord): Fault | undefined {
  if (needed.every((scope) => scopes.includes(scope))) return undefined
  const parameters = { scope: needed.join(' ') }
  return {
    code: 'insufficient_scope',
    description: 'the access token lacks a scope',
    status: 403,
    parameters,
  }
}

const scopesOf = (resource: ProtectedResource, query: Parameters): readonly string[] => [
  ...new Set([...resource.scopes, ...(query.get('scope')?.split(' ') ?? [])]),
]

/** Tells what the token said and what was posted, so that a test sees both arrive. */
async function describe({ request }: Call, record: AccessTokenRecord): Promise<Response> {
  const { family, scopes, audience, authorizationDetails } = record
  return jsonAnswer({
    method: request.method,
    body: await readBoundedText(request),
    sub: family.subject,
    client_id: family.client.clientId,
    aud: buildAudienceClaim(audience),
    scope: scopes.join(' '),
    ...(authorizationDetails.length > 0 && { authorization_details: authorizationDetails }),
    ...(family.login && { auth_time: family.login.authTime }),
    ...(family.login?.acr !== undefined && { acr: family.login.acr }),
  })
}

function protect(resource: ProtectedResource): Endpoint['handle'] {
  const protection: Protection = {
    realm: resource.identifier,
    headerOnly: true,
    parameters: ({ context }) => ({ resource_metadata: metadataUrl(context, resource) }),
  }
  return protectedHandler(protection, async (call, { scheme, record }) => {
    const { context, request } = call
    const query = new Map(new URL(request.url).searchParams)
    const fault =
      findAudienceFault(context, resource, record) ??
      findScopeFault(scopesOf(resource, query), record) ??
      findStepUpFault(record, readStepUp(resource, query), context.clock.now())
    if (fault) throw accessError(call, protection, { ...fault, scheme })
    return describe(call, record)
  })
}

function describeResource({ context }: Call, resource: ProtectedResource): Response {
  const { settings } = context
  const metadata = {
    resource: resource.identifier,
    authorization_servers: [context.dialect.readIssuer(settings)],
    bearer_methods_supported: ['header'],
    scopes_supported: resource.scopes.length > 0 ? resource.scopes : [...settings.scopes.keys()],
    resource_name: 'Test resource',
    ...(context.dialect.dpop && { dpop_signing_alg_values_supported: dpopSigningAlgs }),
  }
  return documentAnswer(metadata, 300)
}

/**
 * A small API that takes the server's access tokens, and its metadata. By its options, or by the query of a
 * request, it asks for scopes (`scope`), an authentication context (`acr_values`) or a recent login (`max_age`).
 *
 * @see RFC 6750, RFC 9470, RFC 9728
 */
export function buildResourceEndpoints(resource: ProtectedResource): readonly Endpoint[] {
  const issuerPart = issuerPath(resource.identifier).slice(0, -resource.path.length)
  return [
    {
      name: 'resource',
      path: resource.path,
      methods: ['GET', 'POST', 'PUT', 'DELETE'],
      body: 'other',
      origins: 'clients',
      speaks: 'json',
      handle: protect(resource),
    },
    {
      name: 'resource_metadata',
      path: wellKnown + issuerPart + resource.path,
      below: 'origin',
      methods: ['GET'],
      origins: 'any',
      speaks: 'json',
      handle: async (call) => describeResource(call, resource),
    },
  ]
}
