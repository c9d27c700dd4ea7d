import { type Signer, signerFromKey, UsageError } from '@oauth-concierge/core'
import { der, type DerElement, hex, readDer, readDerList, writeDer } from './der.ts'
import { type KeyBytes, keyUnusable, readPem } from './read-pem.ts'

/** A private key in any form, or what signs in its place. */
export type KeyMaterial = string | JsonWebKey | CryptoKey | Signer

/** What a key is called, and what it is used for where it could be used in several ways. */
export interface KeyOptions {
  /** `kid`, by which the server finds the public key. */
  readonly keyId?: string
  /** JWS algorithm. Default: RS256 for an RSA key; of other keys there is one only. */
  readonly algorithm?: string
  /** Of an encrypted key. */
  readonly passphrase?: string
}

/** Makes a signer of a private key. */
export type KeyImporter = (key: KeyMaterial, options: KeyOptions) => Promise<Signer>

const oids = {
  rsa: '2a864886f70d010101',
  rsaPss: '2a864886f70d01010a',
  ec: '2a8648ce3d0201',
  ed25519: '2b6570',
} as const

const curves: Readonly<Record<string, string>> = {
  '2a8648ce3d030107': 'P-256',
  '2b81040022': 'P-384',
  '2b81040023': 'P-521',
}

const rsaAlgorithms = /^(RS|PS)(256|384|512)$/

/**
 * Makes a signer of a private key by WebCrypto, on any runtime. The key is imported once and cannot be read back.
 * @throws UsageError `key_unusable`, `invalid_configuration`
 */
export const importKey: KeyImporter = async (key, options) => {
  const signer = await readySigner(key, options)
  if (signer) return signer
  return typeof key === 'string' ? importBytes(readPem(key), options) : importJwk(key as JsonWebKey, options)
}

/** What needs no import: a signer as it is, a `CryptoKey` that may sign. */
export async function readySigner(key: KeyMaterial, options: KeyOptions): Promise<Signer | undefined> {
  if (typeof key === 'string') return undefined
  const { keyId } = options
  if (isSigner(key))
    return keyId === undefined ? key : { alg: key.alg, keyId, sign: (data) => key.sign(data) }
  return key instanceof CryptoKey ? signerOf(key, options) : undefined
}

function isSigner(key: JsonWebKey | CryptoKey | Signer): key is Signer {
  return 'sign' in key && typeof key.sign === 'function'
}

async function importBytes({ format, bytes }: KeyBytes, options: KeyOptions): Promise<Signer> {
  switch (format) {
    case 'encrypted_pkcs8':
    case 'encrypted_pem':
      throw keyUnusable(
        format,
        'The private key is encrypted. Take "@oauth-concierge/service-account/node", which has a passphrase option, or decrypt it before.',
      )
    case 'pkcs1':
      return importPkcs8(wrapPkcs1(bytes), options)
    case 'sec1':
      return importPkcs8(wrapSec1(bytes), options)
    case 'pkcs8':
      return importPkcs8(bytes, options)
  }
}

async function importPkcs8(bytes: Uint8Array<ArrayBuffer>, options: KeyOptions): Promise<Signer> {
  const algorithm = algorithmOf(bytes, options.algorithm)
  const key = await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']).catch(() => undefined)
  if (!key)
    throw keyUnusable('pkcs8', 'The private key is damaged: its outside is right and its inside is not.')
  return signerOf(key, options)
}

/** A JWK with a private part, and what others call it. */
type PrivateJwk = JsonWebKey & { readonly kty: string; readonly kid?: string }

/** @throws UsageError `key_unusable` for what is no private key as a JWK */
export function requirePrivateJwk(jwk: JsonWebKey): PrivateJwk {
  const { kty, d } = jwk
  if (typeof kty !== 'string') throw keyUnusable('unknown', 'The object is no JWK: it has no kty.')
  if (typeof d !== 'string') throw keyUnusable('public_key', `The ${kty} JWK is a public key: it has no d.`)
  return jwk as PrivateJwk
}

async function importJwk(jwk: JsonWebKey, options: KeyOptions): Promise<Signer> {
  const { kty, crv, alg, kid } = requirePrivateJwk(jwk)
  const algorithm = options.algorithm ?? alg
  const parameters = kty === 'RSA' ? rsaParameters(algorithm) : curveParameters(kty, crv)
  const { key_ops: _, use: __, ...bare } = jwk
  const key = await crypto.subtle
    .importKey('jwk', { ...bare, ext: false }, parameters, false, ['sign'])
    .catch(() => undefined)
  if (!key) throw keyUnusable('jwk', `The ${kty} JWK is damaged, or this runtime cannot use such a key.`)
  const keyId = options.keyId ?? kid
  return signerOf(key, {
    ...options,
    ...(keyId !== undefined && { keyId }),
    ...(algorithm !== undefined && { algorithm }),
  })
}

function signerOf(key: CryptoKey, { keyId, algorithm }: KeyOptions): Signer {
  return signerFromKey(key, {
    ...(keyId !== undefined && { keyId }),
    ...(algorithm !== undefined && { alg: algorithm }),
  })
}

interface Parameters {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
}

function rsaParameters(algorithm = 'RS256'): Parameters {
  const [, kind, bits] = rsaAlgorithms.exec(algorithm) ?? []
  if (!kind)
    throw new UsageError(
      'invalid_configuration',
      `An RSA key signs with RS256 or PS256, not with ${algorithm.slice(0, 20)}.`,
    )
  return { name: kind === 'RS' ? 'RSASSA-PKCS1-v1_5' : 'RSA-PSS', hash: `SHA-${bits}` }
}

function curveParameters(kty: string, curve = ''): Parameters {
  if (kty === 'EC' && Object.values(curves).includes(curve)) return { name: 'ECDSA', namedCurve: curve }
  if (kty === 'OKP' && curve === 'Ed25519') return { name: 'Ed25519' }
  throw keyUnusable(
    'jwk',
    `A JWK of the kind ${kty} ${curve} cannot sign here: only RSA, EC with P-256, P-384 or P-521, and Ed25519.`,
  )
}

function algorithmOf(pkcs8: Uint8Array<ArrayBuffer>, algorithm: string | undefined): Parameters {
  const [, identifier] = readDerList(readDer(pkcs8)?.content ?? new Uint8Array())
  const [oid, parameters] = readDerList(identifier?.content ?? new Uint8Array())
  switch (hex(oid?.content ?? new Uint8Array())) {
    case oids.rsa:
      return rsaParameters(algorithm)
    case oids.ec:
      return curveParameters('EC', curveOf(parameters))
    case oids.ed25519:
      return { name: 'Ed25519' }
    case oids.rsaPss:
      throw keyUnusable(
        'pkcs8',
        'The key is for RSA-PSS alone, which only "@oauth-concierge/service-account/node" can use.',
      )
    default:
      throw keyUnusable(
        'pkcs8',
        'The private key is of a kind that cannot sign here: only RSA, EC and Ed25519.',
      )
  }
}

function curveOf(parameters: DerElement | undefined): string {
  return curves[hex(parameters?.content ?? new Uint8Array())] ?? 'with an unknown curve'
}

const version0 = writeDer(der.integer, Uint8Array.of(0))
const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
const oid = (text: string): Uint8Array => writeDer(der.objectIdentifier, bytesOf(text))

/** @see RFC 5208 section 5, RFC 8017 appendix A.1 */
function wrapPkcs1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const algorithm = writeDer(der.sequence, oid(oids.rsa), Uint8Array.of(0x05, 0x00))
  return writeDer(der.sequence, version0, algorithm, writeDer(der.octetString, bytes))
}

/** @see RFC 5915 section 3 */
function wrapSec1(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const elements = readDerList(readDer(bytes)?.content ?? new Uint8Array())
  const parameters = elements.find(({ tag }) => tag === der.first)
  if (!parameters) throw keyUnusable('sec1', 'The SEC1 private key does not say of which curve it is.')
  const algorithm = writeDer(der.sequence, oid(oids.ec), parameters.content)
  return writeDer(der.sequence, version0, algorithm, writeDer(der.octetString, bytes))
}
