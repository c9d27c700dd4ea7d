import type { Grant, TokenRequest } from '../context.ts'
import { checkBoundKey } from '../dpop/token-request-key.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { CodeRecord } from '../state/records.ts'
import { issueTokens } from './issue-tokens.ts'
import { revokeFamily, startFamily } from './token-families.ts'
import { readTokenTarget } from './token-target.ts'

function refuseReplay({ call: { context } }: TokenRequest, { spentFor }: CodeRecord): void {
  if (!spentFor) return
  context.ledger.addEvent({ type: 'code_replayed', familyId: spentFor.id })
  revokeFamily(context, spentFor)
  throw new OAuthError('invalid_grant', 'the code has been used before; its tokens are revoked')
}

function readCode(request: TokenRequest): CodeRecord {
  const { call, client, parameters, jkt } = request
  const code = parameters.get('code')
  if (code === undefined) throw new OAuthError('invalid_request', 'parameter code is missing')
  const record = call.context.stores.codes.get(code)
  if (!record || record.request.client !== client) {
    throw new OAuthError('invalid_grant', 'the code is unknown or was issued to another client')
  }
  refuseReplay(request, record)
  if (record.expiresAt <= call.context.clock.now())
    throw new OAuthError('invalid_grant', 'the code has expired')
  const { redirectUri, namedRedirectUri } = record.request
  // RFC 6749 section 4.1.3: to be named again only where the authorization request named it.
  if ((parameters.get('redirect_uri') ?? (namedRedirectUri ? '' : redirectUri)) !== redirectUri) {
    throw new OAuthError('invalid_grant', 'redirect_uri is not that of the authorization request')
  }
  checkBoundKey(record.request.dpopJkt, jkt)
  return record
}

/**
 * Exchanges a code for tokens. A refresh token comes with them when the client is registered for the
 * `refresh_token` grant. A code that comes twice revokes what it led to.
 *
 * @see RFC 6749 sections 4.1.2 and 4.1.3
 */
export const authorizationCodeGrant: Grant = async (tokenRequest) => {
  const { call, client, parameters, jkt } = tokenRequest
  const { dialect } = call.context
  await dialect.checkCodeVerifier(readCode(tokenRequest).request, parameters.get('code_verifier'))
  // Read again: another request may have spent the code while the verifier was hashed.
  const record = readCode(tokenRequest)
  const { login, request } = record
  const target = readTokenTarget(tokenRequest, request)
  const family = startFamily(call.context, { ...request, login, jkt })
  record.spentFor = family
  return issueTokens(call.context, {
    family,
    ...target,
    nonce: request.nonce,
    jkt,
    withRefreshToken: dialect.grantsRefreshToken(client, request.scopes),
  })
}
