import { OAuthError } from '../http/oauth-error.ts'
import type { ActorClaim } from '../state/records.ts'
import type { ExchangedParty } from './exchanged-party.ts'

/**
 * Who acts for the subject after the exchange. With an actor this is delegation: the actor comes first, and
 * those who acted before are inside. Without one it is impersonation, and nobody is added.
 *
 * @throws OAuthError `invalid_request` when the subject token does not let this actor act
 * @see RFC 8693 sections 1.1, 4.1 and 4.4
 */
export function buildActorClaim(
  { actor: earlier, mayAct }: ExchangedParty,
  actor: ExchangedParty | undefined,
): ActorClaim | undefined {
  if (mayAct !== undefined && mayAct !== actor?.subject) {
    throw new OAuthError('invalid_request', 'may_act of subject_token names another actor')
  }
  return actor ? { sub: actor.subject, ...(earlier && { act: earlier }) } : earlier
}
