import { base64url, calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { digest } from '../state/secrets.ts'
import { issuer } from '../test-support.ts'

/** What a test changes of a proof; `undefined` leaves a claim out. */
export interface ProofChanges {
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

/** A key pair that builds proofs. */
export interface DpopKey {
  readonly jkt: string
  /** A proof for a request, as the value of its `DPoP` header. */
  prove(method: string, path: string, changes?: ProofChanges): Promise<string>
}

export const athOf = async (accessToken: string | undefined): Promise<string> =>
  base64url.encode(await digest(accessToken ?? ''))

export async function createDpopKey(alg: string = 'ES256'): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  return {
    jkt: await calculateJwkThumbprint(jwk),
    prove(method, path, { claims, header } = {}) {
      const facts = {
        jti: crypto.randomUUID(),
        htm: method,
        htu: issuer + path,
        iat: 1_800_000_000,
        ...claims,
      }
      return new SignJWT(facts).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header }).sign(privateKey)
    },
  }
}
