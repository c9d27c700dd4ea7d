import { calculateJwkThumbprint, type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { SigningAlg } from '../options.ts'

/** A key pair the server signs with, and its public half as it is published. */
export interface SigningKey {
  readonly alg: SigningAlg
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly publicJwk: JWK
}

const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const

function publicHalf(jwk: JWK): JWK {
  return Object.fromEntries(
    publicMembers.flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]])),
  )
}

async function importKey(jwk: JWK, alg: SigningAlg): Promise<CryptoKey> {
  const key = await importJWK(jwk, alg, { extractable: true })
  if (key instanceof Uint8Array) throw new TypeError('a signing key must be asymmetric')
  return key
}

/**
 * A signing key from a private JWK. Without a `kid` it is named by its thumbprint.
 *
 * @throws TypeError when the JWK is not a private key for `alg`
 */
export async function importSigningKey(jwk: JWK, alg: SigningAlg): Promise<SigningKey> {
  const bare = publicHalf(jwk)
  const kid = jwk.kid ?? (await calculateJwkThumbprint(bare))
  const privateKey = await importKey({ ...jwk, alg }, alg)
  const publicKey = await importKey({ ...bare, alg }, alg)
  return { alg, kid, privateKey, publicKey, publicJwk: { ...bare, kid, alg, use: 'sig' } }
}

/** A new signing key. */
export async function generateSigningKey(alg: SigningAlg): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(jwk)
  return { alg, kid, privateKey, publicKey, publicJwk: { ...jwk, kid, alg, use: 'sig' } }
}

/** The algorithm that a private JWK is for; undefined where the server cannot sign with it. */
export function signingAlgOf({ kty, crv, alg, d }: JWK): SigningAlg | undefined {
  if (d === undefined) return undefined
  if (kty === 'EC' && crv === 'P-256' && (alg ?? 'ES256') === 'ES256') return 'ES256'
  if (kty === 'OKP' && crv === 'Ed25519' && ['EdDSA', 'Ed25519'].includes(alg ?? 'EdDSA')) return 'EdDSA'
  if (kty === 'RSA' && (alg ?? 'RS256') === 'RS256') return 'RS256'
  return kty === 'RSA' && alg === 'PS256' ? 'PS256' : undefined
}
