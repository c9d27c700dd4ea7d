import type { Grant, ServerContext, TokenRequest } from '../context.ts'
import { checkBoundKey } from '../dpop/token-request-key.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { RefreshTokenRecord } from '../state/records.ts'
import { issueTokens } from './issue-tokens.ts'
import { revokeFamily } from './token-families.ts'
import { readTokenTarget } from './token-target.ts'

function readRefreshToken({ call, client, parameters }: TokenRequest): RefreshTokenRecord {
  const value = parameters.get('refresh_token')
  if (value === undefined) throw new OAuthError('invalid_request', 'parameter refresh_token is missing')
  const record = call.context.stores.refreshTokens.get(value)
  call.entry.refreshTokenId = record?.id
  if (!record || record.family.client !== client) {
    throw new OAuthError('invalid_grant', 'the refresh token is unknown, expired or issued to another client')
  }
  return record
}

/** The scopes asked for, which must be among those first granted. @see RFC 6749 section 6 */
function readScopes(granted: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return granted
  const scopes = asked.split(' ').filter((scope) => scope !== '')
  if (scopes.every((scope) => granted.includes(scope))) return scopes
  throw new OAuthError('invalid_scope', 'a refresh cannot widen the scope')
}

function graceSeconds({ settings: { refreshTokenRotation } }: ServerContext): number {
  return typeof refreshTokenRotation === 'object' ? refreshTokenRotation.grace : 0
}

/** Uses the token up, or finds that it has been used up. @see RFC 9700 section 4.14.2 */
function spend(context: ServerContext, record: RefreshTokenRecord): void {
  const now = context.clock.now()
  const { id: tokenId, family } = record
  if (record.spentAt === undefined) {
    record.spentAt = now
    return
  }
  if (!record.graceUsed && now - record.spentAt < graceSeconds(context)) {
    record.graceUsed = true
    context.ledger.addEvent({ type: 'refresh_token_grace_used', tokenId, familyId: family.id })
    return
  }
  context.ledger.addEvent({ type: 'refresh_token_reused', tokenId, familyId: family.id })
  revokeFamily(context, family)
  throw new OAuthError('invalid_grant', 'the refresh token has been used before; its family is revoked')
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
  const scopes = readScopes(family.scopes, tokenRequest.parameters.get('scope'))
  const target = readTokenTarget(tokenRequest, { ...family, scopes })
  if (family.revoked) throw new OAuthError('invalid_grant', 'the refresh token is revoked')
  checkBoundKey(family.jkt, tokenRequest.jkt)
  const rotates = context.settings.refreshTokenRotation !== 'none'
  if (rotates) spend(context, record)
  return issueTokens(context, { family, ...target, jkt: tokenRequest.jkt, withRefreshToken: rotates })
}
