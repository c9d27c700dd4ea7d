import { base64url } from 'jose'

/** The primes whose product the weak key generator worked with, for keys of 1,024 bits and less. */
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
]

function bytesOf(number: bigint): Uint8Array {
  const hex = number.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  return Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** A random odd number of 2,048 bits, as base64url of its bytes. */
function randomNumber(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(256))
  bytes[0] = (bytes[0] ?? 0) | 0x80
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

/**
 * A modulus of 2,048 bits with the fingerprint of CVE-2017-15361: modulo each small prime it is a power of
 * 65537. Its factors are not known to anybody, so nothing can be signed with it; a check of the key finds it.
 */
export function rocaModulus(): string {
  const product = primes.reduce((all, prime) => all * BigInt(prime), 2n)
  const number = randomNumber()
  const power = 65537n ** 5n % product
  const modulus = number - (number % product) + power
  return base64url.encode(bytesOf(modulus))
}
