import { declaredLength, der, type DerElement, hex, readDer, readDerList } from './der.ts'

/** What a key, or what was given as one, turns out to be. */
export type KeyFormat =
  | 'pkcs8'
  | 'pkcs1'
  | 'sec1'
  | 'encrypted_pkcs8'
  | 'encrypted_pem'
  | 'pkcs12'
  | 'openssh'
  | 'public_key'
  | 'certificate'
  | 'truncated'
  | 'unknown'

/** For people. */
export const formatNames: Readonly<Record<KeyFormat, string>> = {
  pkcs8: 'a PKCS#8 private key',
  pkcs1: 'a PKCS#1 RSA private key',
  sec1: 'a SEC1 EC private key',
  encrypted_pkcs8: 'an encrypted PKCS#8 private key',
  encrypted_pem: 'a private key in the old encrypted PEM form',
  pkcs12: 'a PKCS#12 (.p12, .pfx) container',
  openssh: 'a private key in the form of OpenSSH',
  public_key: 'a public key',
  certificate: 'a certificate',
  truncated: 'a key that is cut off',
  unknown: 'nothing known as a key',
}

/** Says what DER is by how it is built; its label may be wrong. */
export function formatOfDer(bytes: Uint8Array<ArrayBuffer>): KeyFormat {
  const declared = declaredLength(bytes)
  if (declared === undefined) return 'unknown'
  if (declared > bytes.length) return 'truncated'
  const elements = readDerList(readDer(bytes)?.content ?? new Uint8Array())
  const [first, second, third] = elements
  if (first?.tag === der.integer) return formatOfVersioned(hex(first.content), second, elements.length)
  if (first?.tag !== der.sequence || !second) return 'unknown'
  if (third?.tag === der.bitString) return 'certificate'
  if (second.tag === der.octetString) return 'encrypted_pkcs8'
  return second.tag === der.bitString ? 'public_key' : 'unknown'
}

/** PKCS#8: 0, algorithm, key. PKCS#1: 0, nine numbers. SEC1: 1, key. PKCS#12: 3, content. A PKCS#1 public key is two numbers. */
function formatOfVersioned(version: string, second: DerElement | undefined, length: number): KeyFormat {
  if (second?.tag === der.sequence) return version === '03' ? 'pkcs12' : 'pkcs8'
  if (second?.tag === der.octetString && version === '01') return 'sec1'
  if (second?.tag !== der.integer) return 'unknown'
  return length === 2 ? 'public_key' : 'pkcs1'
}
