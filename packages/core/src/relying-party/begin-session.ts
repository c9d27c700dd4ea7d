import { epochSeconds } from '../ports/clock.ts'
import type { TokenResponse } from '../protocol/token-request.ts'
import { mergeTokenResponse } from '../session/token-set.ts'
import type { RelyingPartyContext } from './context.ts'

/**
 * Begins a session with verified tokens, in place of the one before.
 * @param scope what was asked for; it counts as granted where the response does not say
 */
export function beginSession(
  { client, clock, session }: RelyingPartyContext,
  response: TokenResponse,
  scope: string,
): Promise<void> {
  const nothing = { refreshToken: undefined, idToken: undefined, claims: undefined, scope }
  const spread = { now: epochSeconds(clock), random: client.runtime.random() }
  return session.begin(mergeTokenResponse(response, nothing, spread))
}
