import { UsageError } from '@oauth-concierge/core'
import { formatNames, formatOfDer, type KeyFormat } from './key-format.ts'

/** A private key as bytes, and how they are to be read. */
export interface KeyBytes {
  readonly format: 'pkcs8' | 'pkcs1' | 'sec1' | 'encrypted_pkcs8' | 'encrypted_pem'
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In PEM, in order: for a library that reads that. */
  readonly pem: string
}

const wanted = 'Wanted is a private key as PEM (PKCS#8, PKCS#1 or SEC1) or as JWK.'

/** What to say of a key that cannot be used. It never holds a part of it. */
export function keyUnusable(format: KeyFormat | 'jwk', problem: string): UsageError {
  return new UsageError('key_unusable', `${problem} ${wanted}`, { format })
}

const advice: Partial<Record<KeyFormat, string>> = {
  pkcs12: 'Take the key out of it: openssl pkcs12 -in key.p12 -nodes -nocerts.',
  openssh: 'Convert it: ssh-keygen -p -m PKCS8 -f key.',
  public_key: 'Signing takes the private key that belongs to it.',
  certificate: 'Signing takes the private key that belongs to it.',
}

/**
 * Reads a private key from text. What shells, editors and environment variables do to PEM is undone where it can be meant in one way only:
 * `\n` in place of line ends, CRLF, lost line ends, a byte order mark, quotes around it, base64 around it or no armour at all.
 * @throws UsageError `key_unusable`
 * @see RFC 7468
 */
export function readPem(given: string): KeyBytes {
  const text = unwrap(given)
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----/g)]
  if (blocks.length === 0) return readBare(text)
  const isPrivate = ([, label = '']: RegExpMatchArray): boolean => label.endsWith('PRIVATE KEY')
  const found = blocks.filter(isPrivate)
  if (found.length > 1)
    throw keyUnusable(
      'unknown',
      `The text holds ${found.length} private keys, and it is not said which one is meant.`,
    )
  const [block = blocks[0]] = found
  return readBlock(text, block as RegExpMatchArray)
}

/** The text without what was put around it. */
function unwrap(given: string): string {
  const text = given
    .replace(/^\uFEFF/, '')
    .replace(/(\\r)?\\n/g, '\n')
    .replace(/\r\n?/g, '\n')
    .trim()
    .replace(/^(["'`“”‘’]+)([\s\S]*?)["'`“”‘’]+$/, '$2')
    .trim()
  if (text.includes('-----BEGIN ')) return text
  const decoded = decodeBase64(text)
  const inner = decoded && new TextDecoder().decode(decoded)
  return inner?.includes('-----BEGIN ') ? inner.replace(/\r\n?/g, '\n') : text
}

function readBlock(text: string, match: RegExpMatchArray): KeyBytes {
  const [begin, label = ''] = match
  const start = match.index ?? 0
  const end = text.indexOf(`-----END ${label}-----`, start)
  if (end < 0)
    throw keyUnusable(
      'truncated',
      `The PEM begins with "${begin}" and has no line "-----END ${label}-----": it is cut off.`,
    )
  const body = text.slice(start + begin.length, end)
  if (label.startsWith('OPENSSH')) throw refused('openssh')
  if (/Proc-Type:.*ENCRYPTED/.test(body)) {
    return {
      format: 'encrypted_pem',
      bytes: new Uint8Array(),
      pem: `${text.slice(start, end)}-----END ${label}-----\n`,
    }
  }
  const bytes = decodeBase64(body)
  if (!bytes) throw notBase64(text, start + begin.length, body)
  return checkDer(bytes, label)
}

function notBase64(text: string, start: number, body: string): UsageError {
  const wrong = /[^A-Za-z0-9+/=\s]/.exec(body)
  const lines = text.slice(0, start + (wrong?.index ?? 0)).split('\n').length
  const where = wrong
    ? `Line ${lines} of the PEM holds a character that is not base64.`
    : 'The PEM holds something that is not base64.'
  return keyUnusable('unknown', where)
}

function readBare(text: string): KeyBytes {
  const bytes = decodeBase64(text)
  const format = bytes ? formatOfDer(bytes) : 'unknown'
  if (bytes && format !== 'unknown') return checkDer(bytes, '')
  throw keyUnusable('unknown', 'The text is no PEM: it has no line "-----BEGIN … PRIVATE KEY-----".')
}

function checkDer(bytes: Uint8Array<ArrayBuffer>, label: string): KeyBytes {
  const format = formatOfDer(bytes)
  if (format === 'pkcs8' || format === 'pkcs1' || format === 'sec1' || format === 'encrypted_pkcs8') {
    return { format, bytes, pem: writePem(bytes, format) }
  }
  if (format === 'truncated')
    throw keyUnusable(
      format,
      `The ${label || 'key'} is cut off: some of its ${bytes.length} bytes are missing at the end.`,
    )
  throw refused(format === 'unknown' && label.includes('PUBLIC') ? 'public_key' : format, label)
}

function refused(format: KeyFormat, label = ''): UsageError {
  const named = format === 'unknown' && label ? ` labelled "${label}"` : ''
  return keyUnusable(
    format,
    `This is ${formatNames[format]}${named}.${advice[format] ? ` ${advice[format]}` : ''}`,
  )
}

const labels = {
  pkcs8: 'PRIVATE KEY',
  pkcs1: 'RSA PRIVATE KEY',
  sec1: 'EC PRIVATE KEY',
  encrypted_pkcs8: 'ENCRYPTED PRIVATE KEY',
} as const

function writePem(bytes: Uint8Array, format: keyof typeof labels): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${labels[format]}-----\n${lines.join('\n')}\n-----END ${labels[format]}-----\n`
}

function encodeBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** White space does not count; undefined for what is not base64. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const plain = text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/')
  if (plain === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return undefined
  try {
    return Uint8Array.from(atob(plain), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
