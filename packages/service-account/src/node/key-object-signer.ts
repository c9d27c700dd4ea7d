import { constants, type KeyObject, sign, type SignKeyObjectInput } from 'node:crypto'
import { type Signer, UsageError } from '@oauth-concierge/core'
import { keyUnusable } from '../keys/read-pem.ts'

const curves: Readonly<Record<string, string>> = {
  prime256v1: 'ES256',
  secp384r1: 'ES384',
  secp521r1: 'ES512',
}

/**
 * Signs with a private `KeyObject`, on a thread of its own: the event loop goes on meanwhile.
 * @param options.keyId the `kid` under which the public key is published
 * @param options.algorithm default: RS256 for an RSA key; of other keys there is one only
 * @throws UsageError `key_unusable`, `invalid_configuration`
 * @see RFC 7518 section 3
 */
export function signerFromKeyObject(
  key: KeyObject,
  { keyId, algorithm }: { readonly keyId?: string; readonly algorithm?: string } = {},
): Signer {
  if (key.type !== 'private') throw keyUnusable('public_key', `The key is a ${key.type} key.`)
  const possible = algorithmsOf(key)
  const alg = algorithm ?? possible[0] ?? ''
  if (!possible.includes(alg)) {
    throw new UsageError(
      'invalid_configuration',
      `This key signs with ${possible.join(' or ')}, not with ${alg.slice(0, 20)}.`,
    )
  }
  const [hash, input] = parametersOf(alg, key)
  return {
    alg,
    ...(keyId !== undefined && { keyId }),
    sign: (data) =>
      new Promise((resolve, reject) => {
        sign(hash, data, input, (error, signature) => (error ? reject(error) : resolve(signature)))
      }),
  }
}

function algorithmsOf(key: KeyObject): readonly string[] {
  const { modulusLength = 2_048, namedCurve = '', hashAlgorithm } = key.asymmetricKeyDetails ?? {}
  const kind = key.asymmetricKeyType
  if (modulusLength < 2_048)
    throw keyUnusable('unknown', `The RSA key has ${modulusLength} bits: at least 2,048 are needed.`)
  if (kind === 'rsa') return ['RS256', 'PS256', 'RS384', 'PS384', 'RS512', 'PS512']
  if (kind === 'rsa-pss') return hashAlgorithm ? [`PS${hashAlgorithm.slice(3)}`] : ['PS256', 'PS384', 'PS512']
  if (kind === 'ed25519') return ['EdDSA', 'Ed25519']
  const curve = curves[namedCurve]
  if (kind === 'ec' && curve) return [curve]
  throw keyUnusable(
    'unknown',
    `A key of the kind ${kind} ${namedCurve} cannot sign here: only RSA, EC and Ed25519.`,
  )
}

function parametersOf(alg: string, key: KeyObject): readonly [string | null, SignKeyObjectInput] {
  if (alg.startsWith('Ed')) return [null, { key }]
  const hash = `sha${alg.slice(2)}`
  if (alg.startsWith('ES')) return [hash, { key, dsaEncoding: 'ieee-p1363' }]
  if (alg.startsWith('RS')) return [hash, { key }]
  return [
    hash,
    { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
  ]
}
