import { base64url, type JWK } from 'jose'
import type { SigningAlg } from '../options.ts'
import { publicPoint } from './p256-point.ts'
import { publicTestRsaKeys } from './public-test-rsa-keys.ts'
import { digest } from './secrets.ts'
import { generateSigningKey, importSigningKey, type SigningKey } from './signing-key.ts'

/** Gives the server's keys, one after the other. */
export type KeySource = () => Promise<SigningKey>

/** What the keys come from, in this order: those given, the seed, chance. */
export interface KeyOrigin {
  readonly alg: SigningAlg
  readonly keys: readonly JWK[]
  readonly seed: string | undefined
}

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** 32 bytes in base64url. */
function encodeNumber(value: bigint): string {
  const pairs = value.toString(16).padStart(64, '0').match(/../g) ?? []
  return base64url.encode(Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16)))
}

function es256Jwk(secret: Uint8Array): JWK {
  const { x, y } = publicPoint(BigInt(`0x${toHex(secret)}`))
  const point = { x: encodeNumber(x), y: encodeNumber(y) }
  return { kty: 'EC', crv: 'P-256', ...point, d: base64url.encode(secret) }
}

/** @see RFC 8410 section 7 */
const ed25519Pkcs8Start = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

async function ed25519Jwk(secret: Uint8Array): Promise<JWK> {
  const pkcs8 = new Uint8Array([...ed25519Pkcs8Start, ...secret])
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'Ed25519' }, true, ['sign'])
  const { x = '', d = '' } = await crypto.subtle.exportKey('jwk', key)
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

/** A private key that is a hash of the seed; for RSA, one of those in the package while there are any. */
async function seededJwk(alg: SigningAlg, seed: string, index: number): Promise<JWK | undefined> {
  if (alg === 'RS256' || alg === 'PS256') return publicTestRsaKeys[index]
  const secret = await digest(`${alg} signing key ${index} of ${seed}`)
  return alg === 'ES256' ? es256Jwk(secret) : ed25519Jwk(secret)
}

/** The source of one server's keys. */
export function createKeySource({ alg, keys, seed }: KeyOrigin): KeySource {
  let index = 0
  return async () => {
    const position = index++
    const isSeeded = seed !== undefined && position >= keys.length
    const jwk = isSeeded ? await seededJwk(alg, seed, position - keys.length) : keys[position]
    return jwk ? importSigningKey(jwk, alg) : generateSigningKey(alg)
  }
}
