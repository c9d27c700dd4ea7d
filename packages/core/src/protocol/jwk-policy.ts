import { decodeBase64Url, isCanonicalBase64Url } from './base64url.ts'

/** A public key as the server publishes it. Only what selects a key is looked at here. */
export interface PublicJwk {
  readonly kty: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly [member: string]: unknown
}

const keyTypes: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP', HS: 'oct' }
/** The curve of each algorithm that has one. */
export const curves: Readonly<Record<string, string>> = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  EdDSA: 'Ed25519',
  Ed25519: 'Ed25519',
}

/** Whether a key is one to verify signatures of this algorithm with: by its type, curve, and what it says it is for. */
export function fitsAlgorithm(jwk: PublicJwk, alg: string): boolean {
  const { kty, crv, use = 'sig', key_ops: operations = ['verify'] } = jwk
  return (
    kty === keyTypes[alg.slice(0, 2)] &&
    crv === curves[alg] &&
    (jwk.alg === undefined || jwk.alg === alg) &&
    use === 'sig' &&
    Array.isArray(operations) &&
    operations.includes('verify') &&
    new Set(operations).size === operations.length
  )
}

/**
 * Whether an asymmetric key may be trusted at all: nothing private is published with it, and an RSA key has 2,048 to 16,384 bits
 * and an odd exponent above 1 of at most 64 bits.
 * @see RFC 7517 section 4, RFC 7518 sections 3.3 and 3.5
 */
export function isSoundPublicKey(value: unknown): value is PublicJwk {
  const jwk = Object(value) as PublicJwk
  const isPrivate = ['d', 'p', 'q', 'k'].some((member) => member in jwk)
  return typeof jwk.kty === 'string' && !isPrivate && (jwk.kty !== 'RSA' || isSoundRsaKey(jwk))
}

function isSoundRsaKey({ n, e }: PublicJwk): boolean {
  const modulus = readOddInteger(n)
  const exponent = readOddInteger(e)
  return modulus >= 2_048 && modulus <= 16_384 && exponent > 1 && exponent <= 64
}

/** How many bits an odd integer in base64url has; 0 for what is none. */
function readOddInteger(member: unknown): number {
  const [first = 0, ...rest] = isCanonicalBase64Url(String(member)) ? decodeBase64Url(String(member)) : []
  const isOdd = (rest.at(-1) ?? first) % 2 === 1
  return first && isOdd ? 32 - Math.clz32(first) + rest.length * 8 : 0
}
