import { base64url } from 'jose'

/** 32 random bytes as base64url: the value of a token, a code or a cookie. */
export function randomSecret(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(32)))
}

/** The SHA-256 or SHA-512 digest of a string's UTF-8 bytes. */
export async function digest(text: string, hash: 'SHA-256' | 'SHA-512' = 'SHA-256'): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(text)))
}

/** Compares two secrets in a time that tells nothing of either. */
export async function equalSecrets(left: string, right: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(left), digest(right)])
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0
}
