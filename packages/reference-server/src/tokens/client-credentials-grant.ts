import { isPublic } from '../clients/public-client.ts'
import { readProgramScopes } from '../clients/requested-scopes.ts'
import type { Grant, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client } from '../settings.ts'
import { issueTokens } from './issue-tokens.ts'
import { startFamily } from './token-families.ts'
import { readProgramTarget } from './token-target.ts'

/** In what the dialects' client_credentials grants differ. */
export interface ClientCredentialsPolicy {
  /** `sub` of the tokens. Default: the client id. */
  readonly subjectOf?: (client: Client) => string
  /** @throws OAuthError when the request lacks what the dialect asks for */
  readonly check?: (request: TokenRequest) => void
}

/**
 * Builds the grant that gives a confidential client a token of its own. There is no refresh token: the client
 * can ask again.
 *
 * @see RFC 6749 section 4.4
 */
export function buildClientCredentialsGrant(policy: ClientCredentialsPolicy = {}): Grant {
  const { subjectOf = ({ clientId }) => clientId, check } = policy
  return async (request) => {
    const { call, client, parameters, jkt } = request
    if (isPublic(client)) {
      throw new OAuthError('unauthorized_client', 'a public client cannot use client_credentials')
    }
    check?.(request)
    const scopes = readProgramScopes(call.context, client, parameters.get('scope'))
    const target = readProgramTarget(request, scopes)
    const whom = { client, jkt, asked: parameters, subject: subjectOf(client) }
    const family = startFamily(call.context, { ...whom, ...target })
    return issueTokens(call.context, { family, scopes: family.scopes, jkt, withRefreshToken: false })
  }
}

/** Gives a confidential client a token of its own. */
export const clientCredentialsGrant: Grant = buildClientCredentialsGrant()
