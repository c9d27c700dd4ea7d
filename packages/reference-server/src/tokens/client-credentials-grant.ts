import { isPublic } from '../clients/public-client.ts'
import { readProgramScopes } from '../clients/requested-scopes.ts'
import type { Grant } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { issueTokens } from './issue-tokens.ts'
import { startFamily } from './token-families.ts'
import { readProgramTarget } from './token-target.ts'

/**
 * Gives a confidential client a token of its own. There is no refresh token: the client can ask again.
 *
 * @see RFC 6749 section 4.4
 */
export const clientCredentialsGrant: Grant = async (request) => {
  const { call, client, parameters, jkt } = request
  if (isPublic(client)) {
    throw new OAuthError('unauthorized_client', 'a public client cannot use client_credentials')
  }
  const scopes = readProgramScopes(call.context, client, parameters.get('scope'))
  const family = startFamily(call.context, { client, jkt, ...readProgramTarget(request, scopes) })
  return issueTokens(call.context, { family, scopes: family.scopes, jkt, withRefreshToken: false })
}
