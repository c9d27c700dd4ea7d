import { compactVerify } from 'jose/jws/compact/verify'
import { ProtocolError, UsageError } from '../errors.ts'
import { decodeBase64Url } from './base64url.ts'
import { parseObject, readCompactJws } from './compact-jws.ts'
import { fitsAlgorithm, isSoundPublicKey, type PublicJwk } from './jwk-policy.ts'
import type { JwsHeader } from './key-set.ts'
import { isRocaKey } from './roca.ts'

/** A JWS whose signature was verified. */
export interface VerifiedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Uint8Array
}

/** A JSON Web Key Set. */
export interface JsonWebKeySet {
  readonly keys: readonly unknown[]
}

/** JWS algorithms, and how long their signatures are in bytes where that does not depend on the key. */
const signatureLengths: Readonly<Record<string, number | undefined>> = {
  ES256: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
  HS256: 32,
  HS384: 48,
  HS512: 64,
  PS256: undefined,
  PS384: undefined,
  PS512: undefined,
  RS256: undefined,
  RS384: undefined,
  RS512: undefined,
}

/**
 * Verifies the signature, or MAC, of one JWS in compact form with one key of a set, without any request. No claim is looked at.
 * The form must be canonical to the last bit and at most 64 KiB; a header with `crit`, `jwk`, `jku`, `x5u`, `x5c` or `b64` is refused;
 * the key must be sound, fit the algorithm by `kty`, `crv`, `alg`, `use` and `key_ops`, and be the only one that does.
 * @param options.algorithms those allowed: asymmetric ones or HMAC, never both, and a set has never both kinds of keys
 * @throws UsageError `invalid_configuration`; ProtocolError `jws_malformed`, `jws_algorithm_refused`, `key_not_found`, `jws_signature_invalid`
 * @see RFC 7515 section 5.2, RFC 8725 section 3
 */
export async function verifyCompactJws(
  token: string,
  jwks: JsonWebKeySet,
  options: { readonly algorithms: readonly string[] },
): Promise<VerifiedJws> {
  const { algorithms } = options
  checkAlgorithms(algorithms)
  const codes = ['jws_malformed', 'jws_algorithm_refused'] as const
  const header = readCompactJws(token, { name: 'JWS', algorithms, codes })
  const [protectedHeader = '', payload = '', signature = ''] = token.split('.')
  const length = signatureLengths[header.alg]
  const key = selectKey(jwks, header)
  const holds = length === undefined || decodeBase64Url(signature).length === length
  const verified = holds && (await compactVerify(token, key, { algorithms: [header.alg] }).catch(() => false))
  if (!verified) throw new ProtocolError('jws_signature_invalid', 'The signature of the JWS does not verify.')
  return { header: parseObject(protectedHeader) ?? {}, payload: decodeBase64Url(payload) }
}

const isHmac = (alg: string): boolean => alg.startsWith('HS')

function checkAlgorithms(algorithms: readonly string[]): void {
  const unknown = algorithms.find((alg) => !Object.hasOwn(signatureLengths, alg))
  if (unknown !== undefined || algorithms.length === 0) {
    throw new UsageError('invalid_configuration', 'algorithms must name the JWS algorithms that are allowed.')
  }
  if (algorithms.some(isHmac) && !algorithms.every(isHmac)) {
    throw new UsageError(
      'invalid_configuration',
      'algorithms may not mix HMAC with signatures: a public key could then be taken for a shared secret.',
    )
  }
}

/** The one key that may have made this JWS, with nothing but its key material. */
function selectKey(jwks: JsonWebKeySet, { alg, kid }: JwsHeader): PublicJwk {
  const keys: readonly PublicJwk[] = Array.isArray(jwks.keys) ? jwks.keys.map(Object) : []
  const isSound = isHmac(alg) ? isSoundSecret : isUnbrokenKey
  const fitting = keys.filter(
    (key) => (kid === undefined || key.kid === kid) && fitsAlgorithm(key, alg) && isSound(key, alg),
  )
  const [key, ...others] = fitting
  const isMixed = new Set(keys.map(({ kty }) => kty === 'oct')).size > 1
  if (!key || others.length > 0 || isMixed) {
    throw new ProtocolError('key_not_found', 'The set has no sound key, or not just one, for this JWS.')
  }
  const { use: _, key_ops: __, ext: ___, ...material } = key
  return material as PublicJwk
}

function isUnbrokenKey(key: PublicJwk): boolean {
  return isSoundPublicKey(key) && !isRocaKey(key)
}

/** As many bytes as the MAC at least. @see RFC 7518 section 3.2 */
function isSoundSecret({ k }: PublicJwk, alg: string): boolean {
  return typeof k === 'string' && Math.floor((k.length * 3) / 4) >= Number(alg.slice(2)) / 8
}
