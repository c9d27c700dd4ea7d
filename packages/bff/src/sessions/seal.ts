import { decodeBase64Url, encodeBase64Url, isCanonicalBase64Url, UsageError } from '@oauth-concierge/core'

/** Encrypts text for one purpose, so that what was made for another, or by another key, is nothing. */
export interface Seal {
  seal(purpose: string, text: string): Promise<string>
  /** Undefined for what was not sealed here for this purpose. */
  open(purpose: string, sealed: string): Promise<string | undefined>
}

const format = 1
const keyNameLength = 4
const ivLength = 12
const headLength = 1 + keyNameLength + ivLength
const shortestSecret = 32

interface SealKey {
  readonly name: string
  readonly key: CryptoKey
}

type SealKeys = readonly [SealKey, ...SealKey[]]

/**
 * AES-256-GCM with keys derived for each purpose (HKDF-SHA-256), which is in the additional data as well.
 * @param secrets the first one seals, all of them open: a new one goes to the front
 * @throws UsageError `invalid_configuration`
 * @see NIST SP 800-38D, RFC 5869
 */
export function createSeal(secrets: readonly (string | Uint8Array)[]): Seal {
  const [primary, ...others] = secrets.map(readSecret)
  if (!primary) throw new UsageError('invalid_configuration', 'keys must hold at least one secret.')
  const derived = new Map<string, Promise<SealKeys>>()
  const keysFor = (purpose: string): Promise<SealKeys> => {
    const derive = (secret: Uint8Array<ArrayBuffer>): Promise<SealKey> => deriveKey(secret, purpose)
    const keys = derived.get(purpose) ?? Promise.all([derive(primary), ...others.map(derive)] as const)
    derived.set(purpose, keys)
    return keys
  }
  return {
    seal: async (purpose, text) => {
      const [first] = await keysFor(purpose)
      const head = new Uint8Array(headLength)
      head[0] = format
      head.set(decodeBase64Url(first.name), 1)
      const iv = crypto.getRandomValues(new Uint8Array(ivLength))
      head.set(iv, 1 + keyNameLength)
      const body = await crypto.subtle.encrypt(aesGcm(purpose, iv), first.key, new TextEncoder().encode(text))
      return encodeBase64Url(concatenate(head, new Uint8Array(body)))
    },
    open: async (purpose, sealed) => {
      if (!isCanonicalBase64Url(sealed)) return undefined
      const bytes = decodeBase64Url(sealed)
      if (bytes.length <= headLength || bytes[0] !== format) return undefined
      const name = encodeBase64Url(bytes.subarray(1, 1 + keyNameLength))
      const key = (await keysFor(purpose)).find((candidate) => candidate.name === name)?.key
      const parameters = aesGcm(purpose, bytes.slice(1 + keyNameLength, headLength))
      const text =
        key && (await crypto.subtle.decrypt(parameters, key, bytes.slice(headLength)).catch(() => undefined))
      return text && new TextDecoder().decode(text)
    },
  }
}

function readSecret(secret: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof secret === 'string' ? decodeText(secret) : new Uint8Array(secret)
  if (bytes && bytes.length >= shortestSecret) return bytes
  throw new UsageError(
    'invalid_configuration',
    `Each of keys must be ${shortestSecret} random bytes or more, as a Uint8Array or in base64url: openssl rand -base64 32 | tr +/ -_ | tr -d =`,
  )
}

function decodeText(secret: string): Uint8Array<ArrayBuffer> | undefined {
  return isCanonicalBase64Url(secret) ? decodeBase64Url(secret) : undefined
}

async function deriveKey(secret: Uint8Array<ArrayBuffer>, purpose: string): Promise<SealKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey', 'deriveBits'])
  const name = await crypto.subtle.deriveBits(hkdf(`concierge name ${purpose}`), material, 8 * keyNameLength)
  const key = await crypto.subtle.deriveKey(
    hkdf(`concierge seal ${purpose}`),
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
  return { name: encodeBase64Url(name), key }
}

function hkdf(info: string): HkdfParams {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info: new TextEncoder().encode(info) }
}

function aesGcm(purpose: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(`concierge ${purpose}`) }
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
