import { generateRandomState } from 'oauth4webapi'
import type { EpochSeconds } from '../ports/clock.ts'
import { encodeBase64Url } from './base64url.ts'

/** JWS algorithm of a proof. */
export type DpopAlgorithm = 'ES256' | 'Ed25519'

/** A key pair, its public half as a JWK with no more than it needs, and the thumbprint of that (RFC 7638). */
export interface DpopKey {
  readonly privateKey: CryptoKey
  readonly jwk: JsonWebKey
  readonly thumbprint: string
}

const parameters = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
} as const

/** Makes a key pair whose private half cannot be exported. */
export function generateDpopKey(algorithm: DpopAlgorithm): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(parameters[algorithm], false, ['sign', 'verify']) as Promise<CryptoKeyPair>
}

/** Reads what proofs show of a key. */
export async function readDpopKey({ privateKey, publicKey }: CryptoKeyPair): Promise<DpopKey> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  // In the order that the thumbprint demands; an OKP key has no y, and none is written.
  const jwk = { crv, kty, x, y } as JsonWebKey
  return { privateKey, jwk, thumbprint: await sha256(JSON.stringify(jwk)) }
}

/** What a proof is bound to. */
export interface ProvenRequest {
  readonly method: string
  readonly url: string
  readonly accessToken: string | undefined
  readonly nonce: string | undefined
  readonly issuedAt: EpochSeconds
}

/**
 * Builds a proof for one request.
 * @see RFC 9449 section 4.2
 */
export async function buildDpopProof(
  { privateKey, jwk }: DpopKey,
  { method, url, accessToken, nonce, issuedAt }: ProvenRequest,
): Promise<string> {
  const { origin, pathname } = new URL(url)
  const [alg, signing] =
    Object.entries(parameters).find(([, { name }]) => name === privateKey.algorithm.name) ?? []
  const claims = {
    jti: generateRandomState(),
    htm: method,
    htu: origin + pathname,
    iat: Math.floor(issuedAt),
    ath: accessToken && (await sha256(accessToken)),
    nonce,
  }
  const input = [{ typ: 'dpop+jwt', alg, jwk }, claims]
    .map((part) => encodeBase64Url(utf8(JSON.stringify(part))))
    .join('.')
  const signature = await crypto.subtle.sign(signing ?? '', privateKey, utf8(input))
  return `${input}.${encodeBase64Url(signature)}`
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

async function sha256(text: string): Promise<string> {
  return encodeBase64Url(await crypto.subtle.digest('SHA-256', utf8(text)))
}
