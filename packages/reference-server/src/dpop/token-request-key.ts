import type { Call } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Client } from '../settings.ts'
import { checkDpopProof } from './dpop-proof.ts'

/**
 * The thumbprint of the key that a token request proves; undefined where it proves none.
 *
 * @throws OAuthError `invalid_dpop_proof`, also when the client must send a proof and did not; `use_dpop_nonce`
 * @see RFC 9449 sections 5 and 5.2
 */
export async function readTokenRequestKey(call: Call, client: Client): Promise<string | undefined> {
  const jkt = await checkDpopProof(call)
  if (jkt === undefined && client.dpopBoundAccessTokens) {
    throw new OAuthError('invalid_dpop_proof', 'this client must send a DPoP proof')
  }
  return jkt
}

/**
 * Checks that the request proves the key that its grant is bound to, if it is bound to one.
 *
 * @throws OAuthError `invalid_grant`
 * @see RFC 9449 sections 5 and 10
 */
export function checkBoundKey(bound: string | undefined, proved: string | undefined): void {
  if (bound === undefined || bound === proved) return
  throw new OAuthError('invalid_grant', 'the grant is bound to a DPoP key that this request does not prove')
}
