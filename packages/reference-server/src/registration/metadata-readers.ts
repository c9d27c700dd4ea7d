import type { JSONWebKeySet } from 'jose'
import { isJsonObject, isStringArray, type JsonObject } from '../http/json.ts'
import { OAuthError } from '../http/oauth-error.ts'

/** The refusal of metadata that cannot be registered. @see RFC 7591 section 3.2.2 */
export function invalidMetadata(description: string): OAuthError {
  return new OAuthError('invalid_client_metadata', description)
}

/** A member that holds text. @throws OAuthError `invalid_client_metadata` */
export function readText(metadata: JsonObject, name: string): string | undefined {
  const value = metadata[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalidMetadata(`${name} must be a string`)
}

/** A member that holds a list of strings. @throws OAuthError `invalid_client_metadata` */
export function readTexts(metadata: JsonObject, name: string): readonly string[] | undefined {
  const value = metadata[name]
  if (value === undefined || isStringArray(value)) return value
  throw invalidMetadata(`${name} must be an array of strings`)
}

/** A member that is true or false. @throws OAuthError `invalid_client_metadata` */
export function readFlag(metadata: JsonObject, name: string): boolean | undefined {
  const value = metadata[name]
  if (value === undefined || typeof value === 'boolean') return value
  throw invalidMetadata(`${name} must be true or false`)
}

/** A member of which each item must be one of `known`. @throws OAuthError `invalid_client_metadata` */
export function checkKnown(name: string, items: readonly string[], known: readonly string[]): void {
  if (items.every((item) => known.includes(item))) return
  throw invalidMetadata(`${name} must be among: ${known.join(' ')}`)
}

const privateMembers = ['d', 'p', 'q', 'k'] as const

const isPublicKey = (key: unknown): boolean =>
  isJsonObject(key) && typeof key['kty'] === 'string' && privateMembers.every((name) => !(name in key))

/** The client's public keys. @throws OAuthError `invalid_client_metadata`, also for a private key */
export function readJwks(metadata: JsonObject): JSONWebKeySet | undefined {
  const { jwks, jwks_uri: jwksUri } = metadata
  if (jwksUri !== undefined) throw invalidMetadata('jwks_uri is not supported: send jwks')
  if (jwks === undefined) return undefined
  const keys = isJsonObject(jwks) ? jwks['keys'] : undefined
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isPublicKey)) {
    throw invalidMetadata('jwks must hold public keys, and at least one')
  }
  return { keys }
}
