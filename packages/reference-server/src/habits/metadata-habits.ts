import type { Dialect, Endpoint, ServerContext } from '../context.ts'
import { urlBelowIssuer } from '../endpoint-url.ts'
import type { Habits } from './habits.ts'

const isDiscovery = ({ name }: Endpoint): boolean => name === 'discovery'

const answerHtml = async (): Promise<Response> =>
  new Response('<!doctype html><title>Application</title><p>Loading', {
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
  })

/** The documents under another path, with a permanent redirect in their place. */
function moved(endpoint: Endpoint): Endpoint[] {
  const path = endpoint.path.replace('/.well-known/', '/metadata/')
  const redirect: Endpoint = {
    ...endpoint,
    handle: async ({ context }) =>
      new Response(null, { status: 301, headers: { Location: urlBelowIssuer(context, path) } }),
  }
  return [redirect, { ...endpoint, path }]
}

const change: Readonly<
  Record<Exclude<Habits['metadata'], undefined>, (endpoint: Endpoint) => readonly Endpoint[]>
> = {
  openid_only: (endpoint) => (endpoint.path.endsWith('/openid-configuration') ? [endpoint] : []),
  oauth_only: (endpoint) => (endpoint.path.endsWith('/oauth-authorization-server') ? [endpoint] : []),
  moved,
  html: (endpoint) => [{ ...endpoint, handle: answerHtml }],
  none: () => [],
}

function placeDocuments({ endpoints }: Dialect, { metadata }: Habits): readonly Endpoint[] {
  if (metadata === undefined) return endpoints
  return endpoints.flatMap((endpoint) => (isDiscovery(endpoint) ? change[metadata](endpoint) : [endpoint]))
}

function announce({ settings }: ServerContext, habits: Habits): Readonly<Record<string, unknown>> {
  const { responseIssuer, hmacIdTokens } = habits
  return {
    ...(responseIssuer && {
      authorization_response_iss_parameter_supported: responseIssuer === 'only_announced',
    }),
    ...(hmacIdTokens && { id_token_signing_alg_values_supported: [settings.signingAlg, 'HS256'] }),
  }
}

/** What a server tells of itself otherwise, and where. */
export function withMetadataHabits(dialect: Dialect, habits: Habits): Partial<Dialect> {
  const { responseIssuer } = habits
  return {
    endpoints: placeDocuments(dialect, habits),
    ...(responseIssuer && { sendsIssuer: responseIssuer === 'unannounced' }),
    buildMetadata: (context) => ({ ...dialect.buildMetadata(context), ...announce(context, habits) }),
  }
}
