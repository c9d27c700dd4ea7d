import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'
import { issuer } from '../test-support.ts'

/** A key pair that signs assertions. */
export interface AssertionKey {
  readonly jwks: JSONWebKeySet
  /** An assertion for this server; `undefined` leaves a claim out. */
  sign(claims: Readonly<Record<string, unknown>>, header?: Readonly<Record<string, unknown>>): Promise<string>
}

export async function createAssertionKey(alg: string = 'RS256'): Promise<AssertionKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg)
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', alg }
  const times = { iat: 1_800_000_000, exp: 1_800_000_300 }
  return {
    jwks: { keys: [jwk] },
    sign: (claims, header = {}) =>
      new SignJWT({ aud: issuer, ...times, ...claims })
        .setProtectedHeader({ alg, typ: 'JWT', kid: 'key-1', ...header })
        .sign(privateKey),
  }
}
