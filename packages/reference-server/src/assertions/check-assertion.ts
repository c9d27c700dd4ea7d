import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import type { ServerContext } from '../context.ts'
import { endpointUrl } from '../endpoint-url.ts'
import { type AssertionIssuer, findAssertionIssuer } from './assertion-issuers.ts'

const signingAlgs = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']

/** How far the issuer's clock may be off, in seconds. */
export const clockToleranceSeconds = 60

const longestLife = 3600

/** An assertion whose signature, times and audience are good. */
export interface CheckedAssertion {
  readonly issuer: AssertionIssuer
  readonly claims: JWTPayload
  /** The subject of the token to be issued. */
  readonly subject: string
}

/** Words for an `error_description`, which must hold neither quotes nor backslashes. */
function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired: exp has passed'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is wrong'
  if (error instanceof errors.JWKSNoMatchingKey) return 'no key registered for its issuer has its kid and alg'
  return error instanceof errors.JOSEError ? error.message.replaceAll(/["\\]/g, '') : 'it cannot be verified'
}

/** `iss` before the signature is checked; undefined where there is none. */
export function readIssuer(assertion: string | undefined): string | undefined {
  try {
    return decodeJwt(assertion ?? '').iss
  } catch {
    return undefined
  }
}

function verify({ clock }: ServerContext, { jwks }: AssertionIssuer, assertion: string): Promise<JWTPayload> {
  const options = {
    algorithms: signingAlgs,
    requiredClaims: ['iss', 'aud', 'exp'],
    currentDate: new Date(clock.now() * 1000),
    clockTolerance: clockToleranceSeconds,
  }
  return jwtVerify(assertion, createLocalJWKSet(jwks), options).then(
    ({ payload }) => payload,
    (error: unknown) => {
      throw new TypeError(describe(error), { cause: error })
    },
  )
}

/** One audience, and it must be this server: an assertion for several could be replayed among them. */
function checkAudience(context: ServerContext, { aud }: JWTPayload): void {
  const [audience = '', ...others] = [aud ?? []].flat()
  const accepted = [context.settings.issuer, endpointUrl(context, 'token')]
  if (others.length > 0 || !accepted.includes(audience)) {
    throw new TypeError('aud must be the issuer or the token endpoint, and nothing else')
  }
}

function checkLife({ clock }: ServerContext, { iat = clock.now(), exp = 0 }: JWTPayload): void {
  if (iat > clock.now() + clockToleranceSeconds) throw new TypeError('iat is in the future')
  if (exp - iat > longestLife) throw new TypeError(`exp is more than ${longestLife} seconds after iat`)
}

/**
 * Checks a JWT of a trusted issuer or of a service account. `sub` may be left out where `defaultSubject`
 * says whom it is for then.
 *
 * @throws TypeError that says what is wrong with it
 * @see RFC 7523 section 3
 */
export async function checkAssertion(
  context: ServerContext,
  assertion: string,
  defaultSubject?: (claims: JWTPayload) => string | undefined,
): Promise<CheckedAssertion> {
  const issuer = findAssertionIssuer(context, readIssuer(assertion) ?? '')
  if (!issuer) throw new TypeError('it is no JWT of an issuer that this server trusts')
  const claims = await verify(context, issuer, assertion)
  checkAudience(context, claims)
  checkLife(context, claims)
  const sub = claims.sub ?? defaultSubject?.(claims)
  if (sub === undefined) throw new TypeError('sub is missing')
  const subject = issuer.subjectFor(sub)
  if (subject === undefined) throw new TypeError('its issuer may not speak for this sub')
  return { issuer, claims, subject }
}
