import { type Clock, type Seconds, type Signer, signJwt, UsageError } from '@oauth-concierge/core'

/** What an assertion says of itself. @see RFC 7523 section 3 */
export interface AssertionContent {
  readonly issuer: string
  readonly subject: string | undefined
  readonly audience: string
  readonly scope: string | undefined
  readonly lifetime: Seconds
  readonly claims: Readonly<Record<string, unknown>> | undefined
}

/** How far `iat` is set back, for a server whose clock is slow. */
const backDating: Seconds = 10
const defaultLifetime: Seconds = 300
/** No server known takes more. */
const longestLifetime: Seconds = 3_600

/**
 * How long an assertion lives: an hour at the most, whatever is asked for.
 * @throws UsageError `invalid_configuration`
 */
export function readLifetime(lifetime: Seconds = defaultLifetime): Seconds {
  if (!(lifetime >= 1))
    throw new UsageError('invalid_configuration', 'lifetime must be a number of seconds, at least 1.')
  return Math.floor(Math.min(lifetime, longestLifetime))
}

/**
 * Signs an assertion, with a `jti` of its own: sign one for each attempt.
 * @throws TransportError `signer_failed`
 * @see RFC 7523 section 3
 */
export function signAssertion(signer: Signer, clock: Clock, content: AssertionContent): Promise<string> {
  const { issuer, subject, audience, scope, lifetime, claims } = content
  const iat = Math.floor(clock.wallTime() / 1000) - backDating
  return signJwt(signer, 'JWT', {
    ...claims,
    iss: issuer,
    ...(subject !== undefined && { sub: subject }),
    aud: audience,
    ...(scope !== undefined && { scope }),
    iat,
    exp: iat + lifetime,
    jti: crypto.randomUUID(),
  })
}
