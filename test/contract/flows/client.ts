import {
  type ClientAuthentication,
  clientSecretBasic,
  clientSecretBasicRaw,
  clientSecretJwt,
  clientSecretPost,
  mutualTls,
  privateKeyJwt,
  publicClient,
  type Signer,
  signerFromKey,
} from '@oauth-concierge/core'
import type { ManualClock } from '@oauth-concierge/core/testing'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Proof } from './visit.ts'

/** Form-encoding changes it, so that a server that decodes is told from one that does not. */
export const secret = 's3cret+with/100%=&-of-forty-characters-8'

export const redirectUri = 'https://app.example/callback'
export const postLogoutRedirectUri = 'https://app.example/'

/** How a client of the SDK proves itself. */
export function authenticate(proof: Proof, signer: Signer): ClientAuthentication {
  switch (proof) {
    case 'none':
      return publicClient()
    case 'client_secret_basic':
      return clientSecretBasic(secret)
    case 'client_secret_basic_raw':
      return clientSecretBasicRaw(secret)
    case 'client_secret_post':
      return clientSecretPost(secret)
    case 'client_secret_jwt':
      return clientSecretJwt(secret)
    case 'private_key_jwt':
      return privateKeyJwt(signer)
    case 'tls_client_auth':
      return mutualTls()
  }
}

/** A signer, and its public key for the client's registration. */
export async function createSigner(): Promise<{ readonly jwk: JWK; readonly signer: Signer }> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'app-1', alg: 'ES256', use: 'sig' }
  return { jwk, signer: signerFromKey(privateKey, { keyId: 'app-1' }) }
}

/** A clock on which time passes wherever somebody waits for it to. */
export function createSharedClock(clock: ManualClock): ManualClock {
  return {
    ...clock,
    sleep: (duration, signal) =>
      // A deadline is waited for with a signal, and mostly in vain; a pause between two polls is not.
      signal ? clock.sleep(duration, signal) : clock.advance(duration / 1000),
  }
}

/** An assertion in the client's own name. @see RFC 7523 section 3 */
export async function signAssertion(
  {
    clientId,
    signer,
    clock,
  }: { readonly clientId: string; readonly signer: Signer; readonly clock: ManualClock },
  audience: string,
): Promise<string> {
  const iat = Math.floor(clock.wallTime() / 1000)
  const claims = { iss: clientId, sub: clientId, aud: audience, iat, exp: iat + 60, jti: crypto.randomUUID() }
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  const input = `${encode({ alg: signer.alg, kid: signer.keyId, typ: 'JWT' })}.${encode(claims)}`
  const signature = await signer.sign(new TextEncoder().encode(input))
  return `${input}.${Buffer.from(signature).toString('base64url')}`
}
