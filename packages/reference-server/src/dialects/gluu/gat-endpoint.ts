import { accessError, type Protection } from '../../access/challenges.ts'
import type { PresentedToken } from '../../access/presented-token.ts'
import { protectedHandler } from '../../access/protected-handler.ts'
import type { Call, Endpoint } from '../../context.ts'
import { jsonAnswer } from '../../http/answers.ts'
import { readJsonBody } from '../../http/json.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { GatStore } from './gat-store.ts'

/** The scope of the access token with which a client asks for another. @see UMA 1.0 section 1.3.2 */
export const aatScope = 'uma_authorization'

/** Says whether a request asks for the server's own tokens; without the header it is plain UMA. */
export function isGatRequest({ headers }: Request): boolean {
  return headers.get('gat')?.toLowerCase() === 'true'
}

async function readScopes({ request }: Call, known: readonly string[]): Promise<readonly string[]> {
  const { scopes } = await readJsonBody(request, 'invalid_request')
  if (!Array.isArray(scopes) || scopes.length === 0) {
    throw new OAuthError('invalid_request', 'scopes must be a list of at least one scope')
  }
  const refused = scopes.find((scope) => typeof scope !== 'string' || !known.includes(scope))
  if (refused === undefined) return scopes
  throw new OAuthError('invalid_scope', `scope ${refused} is not to be had`, { status: 403 })
}

const protection: Protection = { realm: 'gat', headerOnly: true }

function checkMayAsk(call: Call, { scheme, record }: PresentedToken): void {
  if (record.scopes.includes(aatScope)) return
  const fault = { code: 'insufficient_scope', description: 'the access token lacks a scope' } as const
  throw accessError(call, protection, { ...fault, scheme, status: 403, parameters: { scope: aatScope } })
}

/** Answers an access-management token for scopes, with no permission ticket. */
export function createGatEndpoint(store: GatStore, scopes: readonly string[]): Endpoint {
  const answer = protectedHandler(protection, async (call, token) => {
    checkMayAsk(call, token)
    const rpt = await store.issue(call.context, await readScopes(call, scopes))
    return jsonAnswer({ rpt }, { headers: { GAT: 'true' } })
  })
  return {
    name: 'gat',
    path: '/oxauth/seam/resource/restv1/requester/gat',
    methods: ['POST'],
    body: 'other',
    metadata: 'gat_endpoint',
    origins: 'none',
    speaks: 'json',
    async handle(call) {
      if (isGatRequest(call.request)) return answer(call)
      throw new OAuthError('invalid_request', 'without GAT: true this is a UMA request, which needs a ticket')
    },
  }
}
