import { createLocalJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose'
import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'

/** Algorithms with which clients may sign. `Ed25519` is the newer name of `EdDSA`. @see RFC 9864 section 2.2 */
export const clientSigningAlgs: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']

/** How far a client's clock may be off, in seconds. */
export const clockToleranceSeconds = 5

/** What a client's JWT must be like. */
export interface ClientJwtRules extends Pick<JWTVerifyOptions, 'subject' | 'typ' | 'requiredClaims'> {
  /** True verifies by HS256 with the client's secret; otherwise its registered keys are used. */
  readonly bySecret?: boolean
}

/** Words for an `error_description`, which must hold neither quotes nor backslashes. */
function describe(error: unknown): string {
  return error instanceof errors.JOSEError ? error.message.replaceAll(/["\\]/g, '') : 'it cannot be verified'
}

/**
 * Verifies a JWT that a client has signed: signature, times, and whatever `rules` ask. The audience is left
 * to the caller.
 *
 * @throws TypeError that says what is wrong with it
 */
export async function verifyClientJwt(
  { clock }: ServerContext,
  client: Client,
  jwt: string,
  { bySecret = false, ...rules }: ClientJwtRules,
): Promise<JWTPayload> {
  const options = {
    ...rules,
    algorithms: bySecret ? ['HS256'] : [...clientSigningAlgs],
    currentDate: new Date(clock.now() * 1000),
    clockTolerance: clockToleranceSeconds,
  }
  try {
    const verified = bySecret
      ? await jwtVerify(jwt, new TextEncoder().encode(client.clientSecret), options)
      : await jwtVerify(jwt, createLocalJWKSet(client.jwks ?? { keys: [] }), options)
    return verified.payload
  } catch (error) {
    throw new TypeError(describe(error), { cause: error })
  }
}
