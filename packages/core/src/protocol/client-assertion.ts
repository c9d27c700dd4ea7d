import { generateRandomNonce } from 'oauth4webapi'
import { epochSeconds, type Seconds } from '../ports/clock.ts'
import type { Signer } from '../ports/signer.ts'
import type { ClientAuthentication } from './client.ts'
import { clockOf } from './oauth.ts'
import { signJwt } from './sign-jwt.ts'

/** How far `iat` is set back, for a server whose clock is slow. */
const backDating: Seconds = 10
const lifetime: Seconds = 60

/**
 * Authentication by a JWT that the client signs anew for each attempt, since a server takes each `jti` once.
 * @param audience default: the issuer, as one string, which no other server accepts
 * @see RFC 7523 sections 2.2 and 3
 */
export function clientAssertion(signer: Signer, audience?: string): ClientAuthentication {
  return async (metadata, client, body) => {
    const now = Math.floor(epochSeconds(clockOf(client)))
    const assertion = await signJwt(signer, 'JWT', {
      iss: client.client_id,
      sub: client.client_id,
      aud: audience ?? metadata.issuer,
      jti: generateRandomNonce(),
      iat: now - backDating,
      exp: now + lifetime,
    })
    body.set('client_id', client.client_id)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', assertion)
  }
}
