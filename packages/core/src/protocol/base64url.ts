/**
 * Base64url without padding.
 * @see RFC 7515 section 2
 */
export function encodeBase64Url(bytes: ArrayBuffer | Uint8Array): string {
  const codes = new Uint8Array(bytes) as unknown as number[]
  // Spreading them takes six times as long.
  return btoa(String.fromCharCode.apply(null, codes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}

/** The bytes of a base64url text, which must be one. */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = new Uint8Array(binary.length)
  // A loop: it costs a fifth of what a callback for each byte does.
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at)
  return bytes
}

const lastLetters = ['', undefined, 'AQgw', 'AEIMQUYcgkosw048']

/** Whether the text is base64url without padding whose unused trailing bits are zero: one text for one sequence of bytes. */
export function isCanonicalBase64Url(text: string): boolean {
  const last = lastLetters[text.length % 4]
  return /^[\w-]*$/.test(text) && last !== undefined && (last === '' || last.includes(text.slice(-1)))
}
