import type { IssuedTokens, RefreshTokenFault, ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { RefreshTokenRecord } from '../state/records.ts'
import { revokeFamily } from './token-families.ts'

/** Issues the tokens of a refresh, with or without a new refresh token. */
type Issue = (withRefreshToken: boolean) => Promise<IssuedTokens>

/** What spent tokens were exchanged for, where the same is to be answered again. */
const answers = new WeakMap<RefreshTokenRecord, Promise<IssuedTokens>>()

const reasons: Readonly<Record<RefreshTokenFault, string>> = {
  unknown: 'the refresh token is unknown, expired or issued to another client',
  revoked: 'the refresh token is revoked',
  used: 'the refresh token has been used before',
}

/** The refusal of a refresh token. @see RFC 6749 section 5.2 */
export function refuseRefreshToken(fault: RefreshTokenFault): OAuthError {
  return new OAuthError('invalid_grant', reasons[fault])
}

/** How long after its use a spent token is still answered. */
function windowSeconds({ family }: RefreshTokenRecord): number {
  const { refreshTokenRotation: rotation } = family.client
  if (typeof rotation === 'string') return 0
  return 'grace' in rotation ? rotation.grace : rotation.repeat
}

function refuseReuse(context: ServerContext, { id: tokenId, family }: RefreshTokenRecord): never {
  context.ledger.addEvent({ type: 'refresh_token_reused', tokenId, familyId: family.id })
  if (family.client.refreshTokenRotation !== 'refuse') revokeFamily(context, family)
  throw context.dialect.refuseRefreshToken('used')
}

/** Answers a token that has been used before. @see RFC 9700 section 4.14.2 */
function answerAgain(
  context: ServerContext,
  record: RefreshTokenRecord,
  issue: Issue,
): Promise<IssuedTokens> {
  const age = context.clock.now() - (record.spentAt ?? 0)
  if (age >= windowSeconds(record)) return refuseReuse(context, record)
  const answer = answers.get(record)
  if (answer) return answer
  if (record.graceUsed) return refuseReuse(context, record)
  record.graceUsed = true
  const { id: tokenId, family } = record
  context.ledger.addEvent({ type: 'refresh_token_grace_used', tokenId, familyId: family.id })
  return issue(true)
}

/**
 * Uses a refresh token as its client's rotation wants it: up, or not at all.
 *
 * @throws OAuthError when it has been used up
 */
export async function rotateRefreshToken(
  context: ServerContext,
  record: RefreshTokenRecord,
  issue: Issue,
): Promise<IssuedTokens> {
  const { refreshTokenRotation: rotation } = record.family.client
  if (rotation === 'none' || rotation === 'keep') return issue(rotation === 'keep')
  if (record.spentAt !== undefined) return answerAgain(context, record, issue)
  record.spentAt = context.clock.now()
  const answer = issue(true)
  if (typeof rotation === 'object' && 'repeat' in rotation) answers.set(record, answer)
  return answer
}
