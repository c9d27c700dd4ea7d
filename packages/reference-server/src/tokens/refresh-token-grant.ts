import type { Grant, ServerContext, TokenRequest } from '../context.ts'
import { checkBoundKey } from '../dpop/token-request-key.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { RefreshTokenRecord, TokenFamily } from '../state/records.ts'
import { issueTokens } from './issue-tokens.ts'
import { rotateRefreshToken } from './refresh-token-rotation.ts'
import { readTokenTarget } from './token-target.ts'

function readRefreshToken({ call, client, parameters }: TokenRequest): RefreshTokenRecord {
  const value = parameters.get('refresh_token')
  if (value === undefined) throw new OAuthError('invalid_request', 'parameter refresh_token is missing')
  const record = call.context.stores.refreshTokens.get(value)
  call.entry.refreshTokenId = record?.id
  if (!record || record.family.client !== client) throw call.context.dialect.refuseRefreshToken('unknown')
  return record
}

/** The scopes asked for, which must be among those first granted. @see RFC 6749 section 6 */
function readScopes(granted: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return granted
  const scopes = asked.split(' ').filter((scope) => scope !== '')
  if (scopes.every((scope) => granted.includes(scope))) return scopes
  throw new OAuthError('invalid_scope', 'a refresh cannot widen the scope')
}

function endAccessTokens({ stores }: ServerContext, family: TokenFamily): void {
  for (const record of stores.accessTokens.values()) if (record.family === family) record.revoked = true
}

/**
 * Exchanges a refresh token for new tokens, and rotates it as the server is set to.
 * The new ID token has no nonce.
 *
 * @see RFC 6749 section 6, OpenID Connect Core 1.0 section 12
 */
export const refreshTokenGrant: Grant = async (tokenRequest) => {
  const { context } = tokenRequest.call
  const record = readRefreshToken(tokenRequest)
  const { family } = record
  const askedScope = tokenRequest.parameters.get('scope')
  const scopes = readScopes(family.scopes, askedScope)
  const target = readTokenTarget(tokenRequest, { ...family, scopes })
  if (family.revoked) throw context.dialect.refuseRefreshToken('revoked')
  const { jkt } = tokenRequest
  checkBoundKey(family.jkt, jkt)
  return rotateRefreshToken(context, record, (withRefreshToken) => {
    if (context.dialect.refreshEndsAccessTokens) endAccessTokens(context, family)
    return issueTokens(context, { family, ...target, askedScope, jkt, withRefreshToken })
  })
}
