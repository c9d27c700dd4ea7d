import { ProtocolError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Seconds } from '../ports/clock.ts'
import { encodeBase64Url } from './base64url.ts'
import type { Client } from './client.ts'
import { readCompactJws } from './compact-jws.ts'
import { isSignedByServer } from './jws-signature.ts'
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
/** Clocks that are set wrong are off by some hours; what is further off is no clock. */
const mostSkew: Seconds = 43_200

/**
 * The header of an ID token that may be looked at further.
 * @throws ProtocolError `id_token_malformed`, `id_token_algorithm_refused`
 */
export function readIdTokenHeader(client: Client, idToken: string): JwsHeader {
  return readCompactJws(idToken, {
    name: 'ID token',
    algorithms: client.idTokenAlgorithms,
    type: /^(application\/)?jwt$/i,
    codes: ['id_token_malformed', 'id_token_algorithm_refused'],
  })
}

/**
 * Verifies the signature of an ID token with any of the keys that fit its header.
 * @throws ProtocolError `id_token_signature_invalid`, `key_not_found`, `key_set_malformed`; TransportError
 */
export async function checkIdTokenSignature(
  metadata: ServerMetadata,
  keySet: KeySet,
  header: JwsHeader,
  token: string,
): Promise<void> {
  if (await isSignedByServer(metadata, keySet, { header, token })) return
  throw new ProtocolError('id_token_signature_invalid', 'The signature of the ID token does not verify.')
}

/**
 * Checks the claims that depend on the clock, on the access token and on the form of `sub`; issuer, audience and authorized party
 * were checked as the token response was read.
 * @throws ProtocolError `id_token_claim_invalid`, `clock_skew`
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
    readonly acrValues?: readonly string[]
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
  checkClock(claims, now)
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
  checkClaim(
    'acr',
    expected.acrValues?.includes(claims.acr ?? '') ?? true,
    'is none of the authentication contexts that were asked for',
  )
  if (claims.at_hash !== undefined) {
    const hash = await accessTokenHash(expected.alg, expected.accessToken)
    checkClaim('at_hash', claims.at_hash === hash, 'does not fit the access token')
  }
}

/** A fresh token that seems to be from another hour tells of a clock set wrong; from another day, of a forgery or a broken server. */
function checkClock({ iat, exp }: IdTokenClaims, now: EpochSeconds): void {
  const hasPassed = exp <= now - clockTolerance
  const isFuture = iat >= now + clockTolerance
  const offset = Math.round(iat - now)
  const isClock = Math.abs(offset) >= clockTolerance && Math.abs(offset) < mostSkew
  if ((hasPassed || isFuture) && isClock) {
    const way = offset > 0 ? 'behind' : 'ahead of'
    throw new ProtocolError(
      'clock_skew',
      `This device's clock is ${Math.abs(offset)} s ${way} the server's. Set it right.`,
      {
        offset,
      },
    )
  }
  checkClaim('exp', !hasPassed, 'has passed')
  checkClaim('iat', !isFuture, 'lies in the future')
}

function checkClaim(claim: string, holds: boolean, fault: string): void {
  if (!holds)
    throw new ProtocolError('id_token_claim_invalid', `The ID token's ${claim} ${fault}.`, { claim })
}

/** @see OpenID Connect Core section 3.1.3.6 */
async function accessTokenHash(alg: string, accessToken: string): Promise<string> {
  const bits = alg.startsWith('Ed') ? '512' : alg.slice(-3)
  const digest = await crypto.subtle.digest(`SHA-${bits}`, new TextEncoder().encode(accessToken))
  return encodeBase64Url(new Uint8Array(digest, 0, digest.byteLength / 2))
}
