import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { wrongUsage } from '../command.ts'

/** A key pair as node:crypto has it. */
export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const generate = promisify(generateKeyPair)

const makers: Readonly<Record<string, (bits: number) => Promise<KeyPair>>> = {
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  ES384: () => generate('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generate('ed25519', {}),
  RS256: (bits) => generate('rsa', { modulusLength: bits }),
  PS256: (bits) => generate('rsa', { modulusLength: bits }),
}

/** JWS algorithms that keys are made for. */
export const algorithmNames: readonly string[] = Object.keys(makers)

/**
 * Makes a key pair for a JWS algorithm.
 * @param bits of an RSA key
 * @throws UsageError `invalid_configuration`
 */
export function makeKeyPair(algorithm: string, bits: number): Promise<KeyPair> {
  const make = Object.hasOwn(makers, algorithm) ? makers[algorithm] : undefined
  if (!make) throw wrongUsage(`--alg is one of ${algorithmNames.join(', ')}.`)
  return make(bits)
}

const byCurve: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

/** JWS algorithms that a key can sign with; none where it can with no one. */
export function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly string[] {
  switch (asymmetricKeyType) {
    case 'rsa':
      return ['RS256', 'PS256']
    case 'rsa-pss':
      return ['PS256']
    case 'ed25519':
      return ['EdDSA']
    case 'ec': {
      const algorithm = byCurve[asymmetricKeyDetails?.namedCurve ?? '']
      return algorithm === undefined ? [] : [algorithm]
    }
    default:
      return []
  }
}

const curveNames: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

/** Such as `RSA, 2048 bits`. */
export function nameOfKey({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): string {
  const { modulusLength, namedCurve } = asymmetricKeyDetails
  const type: string = asymmetricKeyType ?? 'unknown'
  const name = type.startsWith('rsa') ? type.toUpperCase() : type
  if (modulusLength !== undefined) return `${name}, ${modulusLength} bits`
  if (namedCurve !== undefined) return `EC, ${curveNames[namedCurve] ?? namedCurve}`
  return name === 'ed25519' ? 'Ed25519' : name
}
