import { authenticateClient } from '../clients/client-authentication.ts'
import type { Call, Endpoint } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { singleParameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'
import type { TokenFamily } from '../state/records.ts'
import { revokeFamily } from './token-families.ts'

function checkOwner(family: TokenFamily, client: Client): void {
  if (family.client === client) return
  throw new OAuthError('invalid_grant', 'the token was issued to another client')
}

/** An access token goes alone; a refresh token takes its whole family along. @see RFC 7009 section 2.1 */
function revokeToken({ context, entry }: Call, client: Client, token: string): void {
  const accessToken = context.stores.accessTokens.get(token)
  const refreshToken = context.stores.refreshTokens.get(token)
  if (accessToken) {
    checkOwner(accessToken.family, client)
    accessToken.revoked = true
    context.ledger.addEvent({
      type: 'token_revoked',
      tokenId: accessToken.id,
      familyId: accessToken.family.id,
    })
  }
  if (refreshToken) {
    entry.refreshTokenId = refreshToken.id
    checkOwner(refreshToken.family, client)
    context.ledger.addEvent({
      type: 'token_revoked',
      tokenId: refreshToken.id,
      familyId: refreshToken.family.id,
    })
    revokeFamily(context, refreshToken.family)
  }
}

async function revoke(call: Call): Promise<Response> {
  const parameters = singleParameters(call.received)
  const client = await authenticateClient(call, parameters)
  const token = parameters.get('token')
  if (token === undefined) throw new OAuthError('invalid_request', 'parameter token is missing')
  revokeToken(call, client, token)
  return new Response(null, { status: 200, headers: { 'Cache-Control': 'no-store' } })
}

/** The revocation endpoint. An unknown token is no error. @see RFC 7009 section 2 */
export const revocationEndpoint: Endpoint = {
  name: 'revoke',
  path: '/revoke',
  methods: ['POST'],
  metadata: 'revocation_endpoint',
  origins: 'clients',
  speaks: 'json',
  handle: revoke,
}
