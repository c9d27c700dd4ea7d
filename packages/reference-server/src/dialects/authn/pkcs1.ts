/** One DER element: where its content begins and ends. */
interface Element {
  readonly start: number
  readonly end: number
}

/** @see ITU-T X.690 section 8.1 */
function readElement(der: Uint8Array, at: number): Element {
  const first = der[at + 1] ?? 0
  if (first < 0x80) return { start: at + 2, end: at + 2 + first }
  const sizeBytes = der.subarray(at + 2, at + 2 + (first & 0x7f))
  const start = at + 2 + sizeBytes.length
  return { start, end: start + sizeBytes.reduce((size, byte) => size * 256 + byte, 0) }
}

/** The RSAPrivateKey inside a PrivateKeyInfo: its third element. @see RFC 5208 section 5, RFC 8017 appendix A.1.2 */
function unwrapPkcs8(der: Uint8Array): Uint8Array {
  const version = readElement(der, readElement(der, 0).start)
  const algorithm = readElement(der, version.end)
  const privateKey = readElement(der, algorithm.end)
  return der.subarray(privateKey.start, privateKey.end)
}

/** An extractable RSA private key as PEM in PKCS#1, the form that begins with `BEGIN RSA PRIVATE KEY`. */
export async function exportPkcs1(privateKey: CryptoKey): Promise<string> {
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  const base64 = btoa(String.fromCharCode(...unwrapPkcs8(pkcs8)))
  const lines = base64.match(/.{1,64}/g) ?? []
  return `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----\n`
}
