import { decodeBase64Url } from './base64url.ts'
import type { PublicJwk } from './jwk-policy.ts'

const primes = [3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157]

/**
 * Whether an RSA key is of the kind whose factors can be found, as one family of security chips made them: its modulus is a power of 65537
 * modulo every one of these primes, which that of another key is once in 2^27.
 * @see CVE-2017-15361
 */
export function isRocaKey({ kty, n }: PublicJwk): boolean {
  if (kty !== 'RSA') return false
  const digits = Array.from(decodeBase64Url(String(n)), (byte) => byte.toString(16).padStart(2, '0'))
  const modulus = BigInt(`0x${digits.join('')}`)
  return primes.every((prime) => isPowerOf65537(Number(modulus % BigInt(prime)), prime))
}

function isPowerOf65537(remainder: number, prime: number): boolean {
  let power = 1
  do {
    if (power === remainder) return true
    power = (power * 65_537) % prime
  } while (power !== 1)
  return false
}
