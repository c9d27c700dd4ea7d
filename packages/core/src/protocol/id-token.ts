import * as oauth from 'oauth4webapi'
import { ProtocolError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Seconds } from '../ports/clock.ts'
import type { Client } from './client.ts'
import type { JwsHeader, KeySet } from './key-set.ts'
import type { ServerMetadata } from './server-metadata.ts'

/** The claims of a verified ID token. */
export interface IdTokenClaims {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly exp: EpochSeconds
  readonly iat: EpochSeconds
  readonly nonce?: string
  readonly auth_time?: EpochSeconds
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly azp?: string
  readonly sid?: string
  readonly at_hash?: string
  readonly [claim: string]: unknown
}

const clockTolerance: Seconds = 300
const longestLifetime: Seconds = 86_400
const longestToken = 65_536

/**
 * The header of an ID token that may be looked at further: strictly canonical compact form, an allowed algorithm,
 * nothing in the header that brings its own key or asks for what is not understood.
 * @throws ProtocolError `id_token_malformed`, `id_token_algorithm_refused`
 * @see RFC 7515 sections 3.1 and 4.1, RFC 8725 section 3
 */
export function readIdTokenHeader(client: Client, idToken: string): JwsHeader {
  const segments = idToken.length <= longestToken ? idToken.split('.') : []
  if (segments.length !== 3 || !segments.every(isCanonicalBase64Url)) {
    throw new ProtocolError(
      'id_token_malformed',
      'The ID token is not a signed JWT in canonical compact form.',
    )
  }
  const header = parseHeader(segments[0] ?? '')
  const refused = ['crit', 'jwk', 'jku', 'x5u', 'x5c', 'b64'].find((name) => name in header)
  if (refused)
    throw new ProtocolError('id_token_malformed', `The ID token's header has ${refused}, which is refused.`)
  if (header['typ'] !== undefined && !/^(application\/)?jwt$/i.test(String(header['typ']))) {
    throw new ProtocolError('id_token_malformed', 'The ID token is typed as another kind of JWT.')
  }
  const { alg, kid } = header
  if (typeof alg !== 'string' || !client.idTokenAlgorithms.includes(alg)) {
    throw new ProtocolError(
      'id_token_algorithm_refused',
      `The ID token's algorithm is not allowed; allowed are ${client.idTokenAlgorithms.join(', ')}.`,
    )
  }
  return typeof kid === 'string' ? { alg, kid } : { alg }
}

function parseHeader(segment: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(atob(segment.replace(/-/g, '+').replace(/_/g, '/')))) as Record<string, unknown>
  } catch {
    throw new ProtocolError('id_token_malformed', "The ID token's header is not JSON.")
  }
}

/** Base64url without padding whose unused trailing bits are zero: one text for one sequence of bytes. */
function isCanonicalBase64Url(text: string): boolean {
  const last = ['', undefined, 'AQgw', 'AEIMQUYcgkosw048'][text.length % 4]
  if (!/^[\w-]+$/.test(text) || last === undefined) return false
  return last === '' || last.includes(text.slice(-1))
}

/**
 * Verifies the signature of the ID token that `response` brought, with any of the keys that fit its header.
 * @throws ProtocolError `id_token_signature_invalid`, `key_not_found`, `key_set_malformed`; TransportError
 */
export async function checkIdTokenSignature(
  metadata: ServerMetadata,
  keySet: KeySet,
  header: JwsHeader,
  response: Response,
): Promise<void> {
  if (!metadata.jwks_uri)
    throw new ProtocolError('metadata_malformed', `The metadata of ${metadata.issuer} has no jwks_uri.`)
  for (const jwk of await keySet.keysFor(metadata.jwks_uri, header)) {
    // A copy of the metadata and a set that never ages: the choice of the key stays with our key set.
    const jwksCache = { jwks: { keys: [jwk] }, uat: Infinity }
    const verified = await oauth
      .validateApplicationLevelSignature({ ...metadata }, response, { [oauth.jwksCache]: jwksCache })
      .then(() => true)
      .catch(() => false)
    if (verified) return
  }
  throw new ProtocolError('id_token_signature_invalid', 'The signature of the ID token does not verify.')
}

/**
 * Checks the claims that depend on the clock, on the access token and on the form of `sub`; issuer, audience and authorized party
 * were checked as the token response was read.
 * @throws ProtocolError `id_token_claim_invalid`
 * @see OpenID Connect Core section 3.1.3.7
 */
export async function checkIdTokenClaims(
  client: Client,
  claims: IdTokenClaims,
  expected: {
    readonly alg: string
    readonly accessToken: string
    readonly nonce?: string
    readonly maxAge?: Seconds
  },
): Promise<void> {
  const now = epochSeconds(client.runtime.clock)
  checkClaim(
    'nonce',
    claims.nonce === expected.nonce || expected.nonce === undefined,
    'is not that of this login',
  )
  checkClaim('sub', /^[ -~]{1,255}$/.test(claims.sub), 'must be 1 to 255 ASCII characters')
  checkClaim('exp', claims.exp < 1e11, 'is in milliseconds or absurdly far; it must be in seconds')
  checkClaim('iat', Math.abs(claims.iat - now) < 1e10, 'must be in seconds')
  checkClaim('exp', claims.exp > now - clockTolerance, 'has passed; compare the clocks of server and device')
  checkClaim(
    'iat',
    claims.iat < now + clockTolerance,
    'lies in the future; compare the clocks of server and device',
  )
  checkClaim('iat', claims.iat > now - longestLifetime, 'lies too far in the past')
  checkClaim('exp', claims.exp - claims.iat <= longestLifetime, 'is more than a day after iat')
  if (expected.maxAge !== undefined) {
    const authTime = claims.auth_time ?? -Infinity
    checkClaim(
      'auth_time',
      authTime + expected.maxAge >= now - clockTolerance,
      'is missing or older than max_age allows',
    )
  }
  if (claims.at_hash !== undefined) {
    const hash = await accessTokenHash(expected.alg, expected.accessToken)
    checkClaim('at_hash', claims.at_hash === hash, 'does not fit the access token')
  }
}

function checkClaim(claim: string, holds: boolean, fault: string): void {
  if (!holds)
    throw new ProtocolError('id_token_claim_invalid', `The ID token's ${claim} ${fault}.`, { claim })
}

/** @see OpenID Connect Core section 3.1.3.6 */
async function accessTokenHash(alg: string, accessToken: string): Promise<string> {
  const bits = alg.startsWith('Ed') ? '512' : alg.slice(-3)
  const digest = await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(accessToken))
  const leftHalf = new Uint8Array(digest, 0, digest.byteLength / 2)
  return btoa(String.fromCharCode(...leftHalf))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')
}
