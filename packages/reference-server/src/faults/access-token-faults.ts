import type { FaultNameOf } from '../faults.ts'
import { breakSignature, signWithPublicKey } from './damage.ts'
import type { FaultEffect, FaultOptions } from './exchange.ts'
import { createFaultKey } from './fault-keys.ts'
import { signJwt, unsignedJwt } from './jwt.ts'
import { changeAccessToken, rewriteAccessToken } from './token-changes.ts'

function claim(name: string, value: (options: FaultOptions, now: number) => unknown): FaultEffect {
  return changeAccessToken(
    ({ claims }, { options, tools }) => void (claims[name] = value(options, Math.floor(tools.now()))),
  )
}

const kid = (value: (options: FaultOptions) => string): FaultEffect =>
  changeAccessToken(({ header }, { options }) => void (header['kid'] = value(options)))

/** Signed by somebody else, whose key is where the header says. */
const signedByHeader = (member: 'jku' | 'x5u', url: string): FaultEffect =>
  rewriteAccessToken(async ({ header, claims }, { options, tools }) => {
    const key = await tools.keys.foreign(String(header['alg']))
    const named = { ...header, kid: key.kid, [member]: options.value ?? url }
    return signJwt({ header: named, claims }, key)
  })

const withOwnKey = rewriteAccessToken(async ({ header, claims }) => {
  const key = await createFaultKey(String(header['alg']))
  return signJwt({ header: { ...header, jwk: key.publicJwk }, claims }, key)
})

/** A thumbprint that belongs to no key of the client. @see RFC 9449 section 6.1 */
const strangeThumbprint = { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }

/** Faults of access tokens that are JWTs, for resource servers. An ID token beside one keeps naming it. */
export const accessTokenFaults: Readonly<Record<FaultNameOf<'access_token'>, FaultEffect>> = {
  'access_token.alg_none': rewriteAccessToken(({ header, claims }) =>
    unsignedJwt({ header: { ...header, alg: 'none' }, claims }),
  ),
  'access_token.hs256_with_public_key': rewriteAccessToken(signWithPublicKey),
  'access_token.broken_signature': rewriteAccessToken(({ text }) => breakSignature(text)),
  'access_token.header_jku': signedByHeader('jku', 'https://attacker.example/jwks'),
  'access_token.header_x5u': signedByHeader('x5u', 'https://attacker.example/cert.pem'),
  'access_token.header_jwk': withOwnKey,
  'access_token.kid_path': kid(() => '../../../../../../etc/passwd'),
  'access_token.kid_sql': kid(() => "x' UNION SELECT 'key' --"),
  'access_token.kid_proto': kid(() => '__proto__'),
  'access_token.kid_huge': kid(({ bytes = 1_000_000 }) => 'k'.repeat(bytes)),
  'access_token.wrong_audience': claim('aud', ({ value }) => value ?? 'https://another-api.example'),
  'access_token.wrong_issuer': claim('iss', ({ value }) => value ?? 'https://attacker.example'),
  'access_token.expired': claim('exp', ({ seconds = 600 }, now) => now - seconds),
  'access_token.not_yet_valid': claim('nbf', ({ seconds = 3600 }, now) => now + seconds),
  'access_token.future_iat': claim('iat', ({ seconds = 86_400 }, now) => now + seconds),
  'access_token.typ_jwt': changeAccessToken(({ header }) => void (header['typ'] = 'JWT')),
  'access_token.bound_to_other_key': claim('cnf', () => strangeThumbprint),
}
