import { ProtocolError } from '../errors.ts'
import { decodeBase64Url } from './base64url.ts'
import { curves, type PublicJwk } from './jwk-policy.ts'
import type { JwsHeader, KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/**
 * Whether one of the server's keys that fit `header` made the signature of `token`, a JWS whose form was checked by `readCompactJws`.
 * @throws ProtocolError `metadata_malformed`, `key_not_found`, `key_set_malformed`; TransportError
 * @see RFC 7515 section 5.2
 */
export async function isSignedByServer(
  metadata: ServerMetadata,
  keySet: KeySet,
  { header, token }: { readonly header: JwsHeader; readonly token: string },
): Promise<boolean> {
  if (!metadata.jwks_uri)
    throw new ProtocolError('metadata_malformed', `The metadata of ${metadata.issuer} has no jwks_uri.`)
  for (const jwk of await keySet.keysFor(metadata.jwks_uri, header)) {
    if (await isSignedBy(jwk, header.alg, token).catch(() => false)) return true
  }
  return false
}

async function isSignedBy(jwk: PublicJwk, alg: string, token: string): Promise<boolean> {
  const end = token.lastIndexOf('.')
  const signature = decodeBase64Url(token.slice(end + 1))
  const signed = new TextEncoder().encode(token.slice(0, end))
  return crypto.subtle.verify(parametersOf(alg), await importOnce(jwk, alg), signature, signed)
}

const names: Readonly<Record<string, string>> = { RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA' }

/** @see RFC 7518 section 3.1, RFC 8037 section 3.1 */
function parametersOf(alg: string): EcKeyImportParams & EcdsaParams & RsaPssParams {
  const name = names[alg.slice(0, 2)] ?? 'Ed25519'
  const bits = alg.slice(2)
  return { name, hash: `SHA-${bits}`, saltLength: Number(bits) / 8, namedCurve: curves[alg] ?? '' }
}

const imported = new WeakMap<PublicJwk, Map<string, Promise<CryptoKey>>>()

/** The key material alone: what else a published key says was looked at when it was chosen. */
function importOnce(jwk: PublicJwk, alg: string): Promise<CryptoKey> {
  const keys = imported.get(jwk) ?? new Map<string, Promise<CryptoKey>>()
  const { kty, n, e, crv, x, y } = jwk as JsonWebKey
  const material = { kty, n, e, crv, x, y } as JsonWebKey
  const key = keys.get(alg) ?? crypto.subtle.importKey('jwk', material, parametersOf(alg), false, ['verify'])
  imported.set(jwk, keys.set(alg, key))
  return key
}
