import { UsageError } from '@oauth-concierge/core'
import { der, readDer, readDerList } from './der.ts'

const lengths: Readonly<Record<string, number>> = { ES256: 32, ES384: 48, ES512: 66 }

/**
 * Turns an ECDSA signature in DER, as key services and OpenSSL give it, into the form of a JWS: r and s side by side.
 * @param alg of the key: `ES256`, `ES384` or `ES512`
 * @throws UsageError `invalid_configuration` for what is no such signature
 * @see RFC 7518 section 3.4
 */
export function ecdsaSignature(signature: Uint8Array, alg: string): Uint8Array {
  const length = lengths[alg]
  const numbers = readDerList(readDer(Uint8Array.from(signature))?.content ?? new Uint8Array())
  const [r, s] = numbers.map(({ content }) => content)
  if (
    length === undefined ||
    numbers.length !== 2 ||
    numbers.some(({ tag }) => tag !== der.integer) ||
    !r ||
    !s
  ) {
    throw new UsageError(
      'invalid_configuration',
      `The signature is no ECDSA signature in DER for ${alg.slice(0, 20)}.`,
    )
  }
  const joined = new Uint8Array(length * 2)
  place(joined, r, length)
  place(joined, s, length * 2)
  return joined
}

/** Writes a number so that it ends at `end`: DER leaves zeros at its beginning out, or puts one before it. */
function place(into: Uint8Array, number: Uint8Array, end: number): void {
  const digits = number.subarray(number.findIndex((byte) => byte !== 0))
  if (digits.length > into.length / 2)
    throw new UsageError('invalid_configuration', 'The signature is too long for its algorithm.')
  into.set(digits, end - digits.length)
}
