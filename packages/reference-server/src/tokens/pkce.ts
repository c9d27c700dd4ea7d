import { base64url } from 'jose'
import { OAuthError } from '../http/oauth-error.ts'
import type { AuthorizationRequest } from '../state/records.ts'
import { digest } from '../state/secrets.ts'

/**
 * Checks the verifier against the challenge of the authorization request. A verifier without a challenge
 * is refused as well: somebody has stripped the challenge on the way.
 *
 * @throws OAuthError `invalid_grant`, or `invalid_request` when the verifier is malformed or missing
 * @see RFC 7636 section 4.6, RFC 9700 section 4.8.2
 */
export async function checkCodeVerifier(
  { codeChallenge: challenge, codeChallengeMethod }: AuthorizationRequest,
  verifier: string | undefined,
): Promise<void> {
  if (challenge === undefined && verifier === undefined) return
  if (challenge === undefined)
    throw new OAuthError('invalid_grant', 'a code_verifier came without a challenge')
  if (verifier === undefined) throw new OAuthError('invalid_request', 'parameter code_verifier is missing')
  if (!/^[\w.~-]{43,128}$/.test(verifier))
    throw new OAuthError('invalid_request', 'code_verifier is malformed')
  const made = codeChallengeMethod === 'plain' ? verifier : base64url.encode(await digest(verifier))
  if (made !== challenge) {
    throw new OAuthError('invalid_grant', 'code_verifier does not match code_challenge')
  }
}
