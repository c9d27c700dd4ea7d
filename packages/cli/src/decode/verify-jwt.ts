import {
  boundedRequest,
  completeRuntime,
  type EpochSeconds,
  ProtocolError,
  type Runtime,
} from '@oauth-concierge/core'
import { type JsonWebKeySet, verifyCompactJws } from '@oauth-concierge/core/jws'
import { requestMetadata } from '../request-metadata.ts'
import type { ReadJwt } from './read-jwt.ts'
import { readTime } from './times.ts'

/** By whose keys a JWT is verified. */
export interface Verifier {
  readonly keys: JsonWebKeySet
  /** What `iss` has to be, where it is known. */
  readonly issuer: string | undefined
}

/** Never those with a shared secret, which a public key could be taken for. */
const algorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
]

const clockTolerance = 60

/**
 * Verifies the signature of a JWT, its issuer where that is known, and its times. Whom it is for, and what for, is not looked at.
 * @throws ProtocolError `jws_malformed`, `jws_algorithm_refused`, `key_not_found`, `jws_signature_invalid`, `id_token_claim_invalid`
 */
export async function verifyJwt(
  { token, claims = {} }: ReadJwt,
  { keys, issuer }: Verifier,
  now: EpochSeconds,
): Promise<void> {
  await verifyCompactJws(token, keys, { algorithms })
  if (issuer !== undefined && claims['iss'] !== issuer)
    throw wrongClaim('iss', `The signature is good, but iss is not "${issuer}".`)
  if ((readTime(claims['exp']) ?? 0) <= now - clockTolerance)
    throw wrongClaim('exp', 'The signature is good, but the token has expired, or has no exp.')
  if ((readTime(claims['nbf']) ?? now) > now + clockTolerance)
    throw wrongClaim('nbf', 'The signature is good, but the token is not valid yet.')
}

function wrongClaim(claim: string, message: string): ProtocolError {
  return new ProtocolError('id_token_claim_invalid', message, { claim })
}

/**
 * The keys of an issuer, by its metadata.
 * @throws ProtocolError `metadata_malformed`, `metadata_issuer_mismatch`, `key_set_malformed`; TransportError; UsageError `insecure_url`
 */
export async function fetchKeys(issuer: string, given: Partial<Runtime> = {}): Promise<JsonWebKeySet> {
  const runtime = completeRuntime(given)
  const { jwks_uri: url } = await requestMetadata(issuer, runtime)
  if (url === undefined)
    throw new ProtocolError('metadata_malformed', `The metadata of ${issuer} names no jwks_uri.`)
  const response = await boundedRequest(runtime, url, { headers: { accept: 'application/json' } })
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  return checkKeySet(body, url)
}

/** @throws ProtocolError `key_set_malformed` */
export function checkKeySet(value: unknown, place: string): JsonWebKeySet {
  const { keys } = Object(value) as { readonly keys?: unknown }
  if (Array.isArray(keys)) return { keys }
  throw new ProtocolError('key_set_malformed', `${place} holds no JSON Web Key Set.`)
}
