import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { UsageError } from '@oauth-concierge/core'
import { readPem } from '@oauth-concierge/service-account/node'
import { algorithmsOf, nameOfKey } from './key-kinds.ts'
import { publicJwkOf, thumbprintOf } from './public-jwk.ts'

/** What is to be said of a key. Nothing private. */
export interface KeyReport {
  /** How it is written, such as `jwk` or `pkcs8`. */
  readonly format: string
  /** Such as `RSA, 2048 bits`; undefined where it cannot be read. */
  readonly kind?: string
  readonly visibility?: 'private' | 'public'
  readonly algorithms?: readonly string[]
  readonly keyId?: string
  readonly thumbprint?: string
  readonly publicJwk?: JsonWebKey
  readonly problems: readonly string[]
}

type Named = JsonWebKey & { readonly kid?: unknown }

/**
 * Describes every key that a text holds: PEM or DER, a JWK, a key set, or a credentials file.
 * @param passphrase of an encrypted key
 */
export async function inspectKeys(content: Buffer, passphrase?: string): Promise<readonly KeyReport[]> {
  const text = textOf(content)
  const json = parseObject(text)
  if (!json) return [await inspectText(text, { passphrase })]
  if (typeof json['kty'] === 'string') return [await inspectJwk(json as Named, false)]
  if (Array.isArray(json['keys']))
    return Promise.all(json['keys'].map((key) => inspectJwk(Object(key) as Named, true)))
  const keyId = textIn(json, ['private_key_id', 'keyId', 'key_id', 'kid'])
  const key = json['private_key'] ?? json['privateKey'] ?? json['key'] ?? json['jwk']
  if (typeof key === 'string') return [await inspectText(key, { passphrase, keyId })]
  if (typeof key === 'object' && key !== null) return [await inspectJwk(key as Named, false)]
  return [{ format: 'unknown', problems: ['This is JSON, and there is no key in it.'] }]
}

/** Bytes that are no text are a key in DER. */
function textOf(content: Buffer): string {
  const text = content.toString('utf8')
  return text.includes('\uFFFD') ? content.toString('base64') : text
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return Object(value) === value ? (value as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

function textIn(json: Readonly<Record<string, unknown>>, names: readonly string[]): string | undefined {
  return names.map((name) => json[name]).find((value) => typeof value === 'string') as string | undefined
}

interface TextKey {
  readonly passphrase: string | undefined
  readonly keyId?: string | undefined
}

async function inspectText(text: string, { passphrase, keyId }: TextKey): Promise<KeyReport> {
  try {
    const { format, pem } = readPem(text)
    const isEncrypted = format.startsWith('encrypted')
    if (isEncrypted && passphrase === undefined)
      return { format, problems: ['It is encrypted: set CONCIERGE_KEY_PASSPHRASE to look inside.'] }
    const key = attempt(() => createPrivateKey({ key: pem, ...(isEncrypted && { passphrase }) }))
    if (key) return describe(key, { format, keyId })
    return { format, problems: [isEncrypted ? 'The passphrase is wrong, or the key is damaged.' : damaged] }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const format = error.format ?? 'unknown'
    const key = attempt(() => createPublicKey(text.trim()))
    return key ? describe(key, { format, keyId }) : { format, problems: [error.message] }
  }
}

const damaged = 'It is damaged: its outside is right and its inside is not.'

async function inspectJwk(jwk: Named, isInSet: boolean): Promise<KeyReport> {
  const { kid } = jwk
  const keyId = typeof kid === 'string' ? kid : undefined
  const isPrivate = typeof jwk.d === 'string'
  if (jwk.kty === 'oct')
    return { format: 'jwk', kind: 'a shared secret', visibility: 'private', problems: [secretProblem] }
  const input = { key: jwk as Record<string, string>, format: 'jwk' } as const
  const key = attempt(() => (isPrivate ? createPrivateKey(input) : createPublicKey(input)))
  if (!key) return { format: 'jwk', problems: [damaged] }
  return describe(key, {
    format: 'jwk',
    keyId,
    problems: [
      ...(isPrivate && isInSet ? ['The set holds a private key: never publish it.'] : []),
      ...(keyId === undefined ? ['It has no kid, by which a server finds it.'] : []),
      ...(jwk.use === undefined || jwk.use === 'sig' ? [] : ['Its use is not sig: nobody verifies with it.']),
      ...(jwk.alg === undefined || algorithmsOf(key).includes(jwk.alg)
        ? []
        : ['Its alg is none that a key of this kind can have.']),
    ],
  })
}

const secretProblem = 'A shared secret verifies what it signs: it is nothing to give away, and no key pair.'

interface KeyNotes {
  readonly format: string
  readonly keyId: string | undefined
  readonly problems?: readonly string[]
}

async function describe(key: KeyObject, { format, keyId, problems = [] }: KeyNotes): Promise<KeyReport> {
  const jwk = publicJwkOf(key)
  const thumbprint = jwk && (await thumbprintOf(jwk).catch(() => undefined))
  const algorithms = algorithmsOf(key)
  const kid = keyId ?? thumbprint
  return {
    format,
    kind: nameOfKey(key),
    visibility: key.type === 'private' ? 'private' : 'public',
    algorithms,
    ...(keyId !== undefined && { keyId }),
    ...(thumbprint !== undefined && { thumbprint }),
    ...(jwk && { publicJwk: { ...jwk, ...(kid !== undefined && { kid }) } as JsonWebKey }),
    problems: [...weaknesses(key, algorithms), ...problems],
  }
}

function weaknesses({ asymmetricKeyDetails = {} }: KeyObject, algorithms: readonly string[]): string[] {
  const { modulusLength = 2_048, publicExponent = 65_537n } = asymmetricKeyDetails
  return [
    ...(algorithms.length === 0 ? ['No JWS algorithm takes a key of this kind.'] : []),
    ...(modulusLength < 2_048 ? ['RSA below 2,048 bits is refused everywhere.'] : []),
    ...(publicExponent < 65_537n ? ['Its RSA exponent is small, which some verifiers refuse.'] : []),
  ]
}

/** Without the words of OpenSSL, which help nobody. */
function attempt(read: () => KeyObject): KeyObject | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
