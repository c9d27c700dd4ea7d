import { base64url } from 'jose'

/** Hands out secrets: 32 bytes each, in base64url. */
export type NewSecret = () => string

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** So many bytes of fresh secrets, in hexadecimal. */
export function newHex(newSecret: NewSecret, bytes: number): string {
  let hex = ''
  while (hex.length < bytes * 2) hex += toHex(base64url.decode(newSecret()))
  return hex.slice(0, bytes * 2)
}

/** A fresh secret as a UUID of version 4. @see RFC 9562 section 5.4 */
export function newUuid(newSecret: NewSecret): string {
  const [first, second, third, fourth, variant] = [8, 4, 3, 3, 12].map((digits) =>
    newHex(newSecret, 8).slice(0, digits),
  )
  return `${first}-${second}-4${third}-8${fourth}-${variant}`
}
