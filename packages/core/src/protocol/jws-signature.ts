import * as oauth from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import type { JwsHeader, KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** Verifies one JWS with the one key of these options. Rejects where the signature does not verify. */
export type VerifyJws = (metadata: ServerMetadata, options: oauth.JWKSCacheOptions) => Promise<unknown>

/**
 * Whether one of the server's keys that fit `header` made the signature.
 * @throws ProtocolError `metadata_malformed`, `key_not_found`, `key_set_malformed`; TransportError
 */
export async function isSignedByServer(
  metadata: ServerMetadata,
  keySet: KeySet,
  header: JwsHeader,
  verify: VerifyJws,
): Promise<boolean> {
  if (!metadata.jwks_uri)
    throw new ProtocolError('metadata_malformed', `The metadata of ${metadata.issuer} has no jwks_uri.`)
  for (const jwk of await keySet.keysFor(metadata.jwks_uri, header)) {
    // A copy of the metadata and a set that never ages: the choice of the key stays with our key set.
    const jwksCache = { jwks: { keys: [jwk] }, uat: Infinity }
    const verified = await verify({ ...metadata }, { [oauth.jwksCache]: jwksCache }).then(
      () => true,
      () => false,
    )
    if (verified) return true
  }
  return false
}

/** Verifies the JWT that oauth4webapi found in `response`. */
export function verifyJwtOf(response: Response): VerifyJws {
  return (metadata, options) => oauth.validateApplicationLevelSignature(metadata, response, options)
}
