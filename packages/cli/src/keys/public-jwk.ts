import { createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint'

/** The public half of a key as a JWK, with nothing but the key; undefined for kinds that a JWK cannot hold. */
export function publicJwkOf(key: KeyObject): JsonWebKey | undefined {
  try {
    const publicKey = key.type === 'public' ? key : createPublicKey(key)
    return publicKey.export({ format: 'jwk' }) as JsonWebKey
  } catch {
    return undefined
  }
}

/** @see RFC 7638 */
export function thumbprintOf(jwk: JsonWebKey): Promise<string> {
  return calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0])
}
