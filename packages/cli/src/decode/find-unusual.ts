import type { EpochSeconds } from '@oauth-concierge/core'
import type { ReadJwt } from './read-jwt.ts'
import { duration, isInMilliseconds, readTime } from './times.ts'

/** Something that is seldom right, or never. */
export interface Unusual {
  readonly code: string
  readonly message: string
}

interface Subject {
  readonly header: ReadJwt['header']
  readonly claims: Readonly<Record<string, unknown>>
  readonly isSigned: boolean
  readonly now: EpochSeconds
}

type Check = (subject: Subject) => readonly Unusual[]

/** What stands out in a JWT. Of one that is encrypted, its header only. */
export function findUnusual({ header, claims, isSigned }: ReadJwt, now: EpochSeconds): readonly Unusual[] {
  const checks = claims ? [...headerChecks, ...claimChecks] : headerChecks
  const subject = { header, claims: claims ?? {}, isSigned: isSigned || !claims, now }
  return checks.flatMap((check) => check(subject))
}

const when = (condition: boolean, code: string, message: string): readonly Unusual[] =>
  condition ? [{ code, message }] : []

const typesOfJwt =
  /^(application\/)?(jwt|(at|dpop|logout|secevent|token-introspection|oauth-authz-req|client-authentication|entity-statement|[\w.-]+)\+jwt)$/i
const selfBrought = ['jwk', 'jku', 'x5u', 'x5c']
const longestUsualLife = 86_400
const clockTolerance = 60

const headerChecks: readonly Check[] = [
  ({ header: { alg } }) =>
    when(typeof alg !== 'string', 'alg_missing', 'The header has no alg, so nobody can verify it.'),
  ({ header: { alg } }) =>
    when(
      typeof alg === 'string' && alg.toLowerCase() === 'none',
      'alg_none',
      'alg is none: it is not signed at all, and anybody can change it.',
    ),
  ({ header: { alg } }) =>
    when(
      typeof alg === 'string' && alg.startsWith('HS'),
      'alg_hmac',
      `alg is a MAC (${String(alg)}): whoever can verify it can also forge it.`,
    ),
  ({ isSigned }) => when(!isSigned, 'signature_empty', 'The signature is empty.'),
  ({ header: { typ } }) =>
    when(typ === undefined, 'typ_missing', 'The header has no typ, so this could be any kind of JWT.'),
  ({ header: { typ } }) =>
    when(
      typ !== undefined && !(typeof typ === 'string' && typesOfJwt.test(typ)),
      'typ_unknown',
      'typ is that of no kind of JWT, such as JWT or at+jwt.',
    ),
  ({ header: { kid } }) =>
    when(kid === undefined, 'kid_missing', 'The header has no kid: every key of the issuer has to be tried.'),
  ({ header }) =>
    selfBrought
      .filter((name) => name in header)
      .map((name) => ({
        code: 'key_in_header',
        message: `The header brings a key along (${name}), which a verifier must not trust.`,
      })),
  ({ header: { crit } }) =>
    when(
      crit !== undefined,
      'crit',
      'The header has crit: a verifier that does not know all it names must refuse.',
    ),
]

const expected = ['iss', 'sub', 'aud', 'exp', 'iat'] as const

const claimChecks: readonly Check[] = [
  ({ claims }) =>
    expected
      .filter((name) => claims[name] === undefined)
      .map((name) => ({ code: `${name}_missing`, message: `There is no ${name}.` })),
  ({ claims }) => ['exp', 'iat', 'nbf', 'auth_time'].flatMap((name) => checkTime(name, claims[name])),
  ({ claims: { aud } }) =>
    when(
      Array.isArray(aud) && aud.length > 1,
      'aud_several',
      'aud names several: each of them can use the token at the others.',
    ),
  ({ claims: { aud } }) => when(Array.isArray(aud) && aud.length === 1, 'aud_array', 'aud is a list of one.'),
  ({ claims: { iss } }) =>
    when(typeof iss === 'string' && !iss.startsWith('https://'), 'iss_no_https_url', 'iss is no https URL.'),
  ({ claims: { scope } }) =>
    when(Array.isArray(scope), 'scope_array', 'scope is a list; it is one text, space-delimited.'),
  ({ claims, now }) => checkOrder(claims, now),
]

function checkTime(name: string, value: unknown): readonly Unusual[] {
  if (value === undefined) return []
  if (typeof value !== 'number')
    return [{ code: `${name}_no_number`, message: `${name} is no number: verifiers refuse it.` }]
  if (isInMilliseconds(value))
    return [
      {
        code: `${name}_milliseconds`,
        message: `${name} is in milliseconds. A verifier that reads seconds sees a date tens of thousands of years ahead.`,
      },
    ]
  return when(
    !Number.isInteger(value),
    `${name}_fractional`,
    `${name} has a fraction of a second, which some verifiers refuse.`,
  )
}

/** What is missing compares as false with everything. */
function checkOrder(claims: Subject['claims'], now: EpochSeconds): readonly Unusual[] {
  const [iat, nbf, exp] = ['iat', 'nbf', 'exp'].map((name) => readTime(claims[name]) ?? Number.NaN) as [
    number,
    number,
    number,
  ]
  const life = exp - iat
  return [
    ...when(exp <= now, 'expired', `It expired ${duration(now - exp)} ago.`),
    ...when(nbf > now, 'not_yet_valid', `It is not valid for another ${duration(nbf - now)} (nbf).`),
    ...when(
      iat > now + clockTolerance,
      'issued_in_future',
      'It was issued in the future: a clock is wrong, there or here.',
    ),
    ...when(life < 0, 'exp_before_iat', 'exp is before iat: it expired before it was issued.'),
    ...when(
      life > longestUsualLife,
      'long_lived',
      `It lives for ${duration(life)}: long for what anybody can use who gets hold of it.`,
    ),
  ]
}
