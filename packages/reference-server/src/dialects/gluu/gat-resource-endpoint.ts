import type { Call, Endpoint, ServerContext } from '../../context.ts'
import { jsonAnswer } from '../../http/answers.ts'
import { newUuid } from '../../state/secret-forms.ts'
import { isGatRequest } from './gat-endpoint.ts'
import type { GatStore } from './gat-store.ts'

const scopeOf: Readonly<Record<string, string>> = { GET: 'view', POST: 'manage' }

/** What plain UMA answers to a request without a permission: where to get one, and a ticket. @see UMA 1.0 section 3.3.1 */
function umaAnswer({ settings, newSecret }: ServerContext): Response {
  const headers = { 'WWW-Authenticate': `UMA realm="gat-resource", as_uri="${settings.issuer}"` }
  return jsonAnswer({ ticket: newUuid(newSecret) }, { status: 403, headers })
}

function gatRefusal(status: 401 | 403, error: string, scope: string): Response {
  const challenge = `Bearer realm="gat-resource", error="${error}", scope="${scope}"`
  return jsonAnswer({ error }, { status, headers: { 'WWW-Authenticate': challenge, GAT: 'true' } })
}

/** A resource that wants an access-management token: `view` to read it, `manage` to post to it. */
export function createGatResourceEndpoint(store: GatStore): Endpoint {
  async function answer({ context, request }: Call): Promise<Response> {
    if (!isGatRequest(request)) return umaAnswer(context)
    const scope = scopeOf[request.method] ?? 'manage'
    const [scheme, rpt = ''] = request.headers.get('authorization')?.split(' ') ?? []
    const token = scheme?.toLowerCase() === 'bearer' ? store.find(rpt) : undefined
    if (!token) return gatRefusal(401, 'invalid_token', scope)
    if (!token.scopes.includes(scope)) return gatRefusal(403, 'insufficient_scope', scope)
    return jsonAnswer({ resource: 'gat-resource', scopes: token.scopes }, { headers: { GAT: 'true' } })
  }
  return {
    name: 'gat_resource',
    path: '/gat/resource',
    methods: ['GET', 'POST'],
    body: 'other',
    origins: 'none',
    speaks: 'json',
    handle: answer,
  }
}
