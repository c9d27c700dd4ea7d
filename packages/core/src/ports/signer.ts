import { UsageError } from '../errors.ts'

/**
 * Signs with one key, wherever that is held: in memory (`signerFromKey`), a key service, a security module.
 *
 *     const signer: Signer = {
 *       alg: 'ES256',
 *       keyId: 'key-1',
 *       sign: (data) => keyService.sign('projects/…/key-1', data),
 *     }
 */
export interface Signer {
  /** JWS algorithm, such as `ES256`. */
  readonly alg: string
  /** Goes into the header as `kid`, so that the verifier finds the key. */
  readonly keyId?: string
  /**
   * The signature of `data` in the form of a JWS: for ECDSA r and s side by side (64, 96 or 132 bytes), not DER.
   * @see RFC 7518 section 3.4
   */
  sign(data: Uint8Array): Promise<Uint8Array>
}

interface KeyAlgorithm {
  readonly name: string
  readonly namedCurve?: string
  readonly modulusLength?: number
  readonly hash?: { readonly name: string }
}

const hashBits: Readonly<Record<string, string>> = { 'P-256': '256', 'P-384': '384', 'P-521': '512' }

/**
 * Signs with a private `CryptoKey`, which need not be extractable.
 * @param options.keyId the `kid` under which the public key is published
 * @param options.alg only where the key allows several names: `Ed25519` in place of the default `EdDSA`
 * @throws UsageError `invalid_configuration` where the key cannot sign, is no key for a JWS, or is an RSA key of less than 2,048 bits
 * @see RFC 7518 section 3.1, RFC 8037 section 3.1
 */
export function signerFromKey(
  key: CryptoKey,
  options: { readonly keyId?: string; readonly alg?: string } = {},
): Signer {
  const algorithm = key.algorithm as KeyAlgorithm
  const hash = algorithm.hash?.name.slice(4) ?? hashBits[algorithm.namedCurve ?? ''] ?? ''
  const names = algorithmNames(algorithm, hash)
  const { keyId, alg = names[0] } = options
  if (!key.usages.includes('sign') || alg === undefined || !names.includes(alg)) {
    throw new UsageError(
      'invalid_configuration',
      `The key must be a private key that may sign; this ${algorithm.name} key is for ${names.join(', ') || 'no JWS'}.`,
    )
  }
  if ((algorithm.modulusLength ?? 2_048) < 2_048) {
    throw new UsageError('invalid_configuration', 'An RSA key must have at least 2,048 bits.')
  }
  const parameters = { name: algorithm.name, hash: `SHA-${hash}`, saltLength: Number(hash) / 8 }
  return {
    alg,
    ...(keyId !== undefined && { keyId }),
    sign: async (data) =>
      new Uint8Array(await crypto.subtle.sign(parameters, key, data as Uint8Array<ArrayBuffer>)),
  }
}

function algorithmNames({ name, namedCurve }: KeyAlgorithm, hash: string): readonly string[] {
  switch (name) {
    case 'ECDSA':
      return namedCurve && namedCurve in hashBits ? [`ES${hash}`] : []
    case 'RSA-PSS':
      return [`PS${hash}`]
    case 'RSASSA-PKCS1-v1_5':
      return [`RS${hash}`]
    case 'Ed25519':
      return ['EdDSA', 'Ed25519']
    default:
      return []
  }
}
