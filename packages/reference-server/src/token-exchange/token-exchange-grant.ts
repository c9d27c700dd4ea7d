import { mayHaveScope, readScopes } from '../clients/requested-scopes.ts'
import type { Grant, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import { readResources } from '../tokens/resource-indicators.ts'
import { startFamily } from '../tokens/token-families.ts'
import { buildActorClaim } from './actor-claim.ts'
import { type ExchangedParty, readActor, readSubject, tokenTypes } from './exchanged-party.ts'

const issuedTypes: readonly string[] = [tokenTypes.accessToken, tokenTypes.jwt]

/** What the new token is to be: an access token, which is a JWT here. @see RFC 8693 section 2.1 */
function readIssuedType({ parameters }: TokenRequest): string {
  const type = parameters.get('requested_token_type') ?? tokenTypes.accessToken
  if (issuedTypes.includes(type)) return type
  throw new OAuthError('invalid_request', 'requested_token_type must be an access token or a JWT')
}

/** The logical names and the addresses of those that the token is for. */
function readTargets({ call: { context, received }, client }: TokenRequest): readonly string[] {
  const resources = readResources(context.settings, received)
  const targets = [...new Set([...resources, ...(received.lists.get('audience') ?? [])])]
  if (targets.some((target) => client.tokenExchangeTargets?.includes(target) === false)) {
    throw new OAuthError('invalid_target', 'the client may not have a token for this target')
  }
  return targets
}

/** At most the scopes of the subject token, and never a grant that outlives a logout. */
function readExchangedScopes(
  { call: { context }, client, parameters }: TokenRequest,
  { scopes: held }: ExchangedParty,
): readonly string[] {
  const asked = parameters.get('scope')
  if (asked === undefined) {
    const kept = held?.filter((scope) => scope !== 'offline_access' && mayHaveScope(context, client, scope))
    return kept ?? []
  }
  const scopes = readScopes(context, client, asked)
  if (scopes.every((scope) => held?.includes(scope) ?? scope !== 'openid')) return scopes
  throw new OAuthError('invalid_scope', 'an exchange cannot widen the scope')
}

/**
 * Exchanges a token for one that another service will take: in the subject's name alone (impersonation), or
 * with the actor named (delegation). There is neither a refresh token nor an ID token.
 *
 * @see RFC 8693 section 2
 */
export const tokenExchangeGrant: Grant = async (request) => {
  const { call, client, jkt } = request
  const issuedTokenType = readIssuedType(request)
  const subject = await readSubject(request)
  const actor = buildActorClaim(subject, await readActor(request))
  const scopes = readExchangedScopes(request, subject)
  const whom = { client, login: subject.login, subject: subject.subject, actor }
  const family = startFamily(call.context, { ...whom, scopes, jkt, resources: readTargets(request) })
  const order = { family, scopes, jkt, withRefreshToken: false, withIdToken: false }
  return { ...(await issueTokens(call.context, order)), issuedTokenType }
}
