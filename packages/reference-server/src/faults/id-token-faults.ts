import type { FaultNameOf } from '../faults.ts'
import { changeJson } from './answers.ts'
import { breakSignature, insertInto, setSpareBit, signWithPublicKey } from './damage.ts'
import { turnTrailingSlash } from './discovery-faults.ts'
import type { FaultEffect, FaultOptions } from './exchange.ts'
import { createFaultKey } from './fault-keys.ts'
import { signJwt, unsignedJwt } from './jwt.ts'
import { changeIdToken, defineMember, resignIdToken, rewriteIdToken } from './token-changes.ts'

const day = 86_400

/** Sets a claim to what `value` makes of the options, the claim as it was, and the time now. */
function claim(
  name: string,
  value: (options: FaultOptions, was: unknown, now: number) => unknown,
): FaultEffect {
  return changeIdToken(({ claims }, { options, tools }) =>
    defineMember(claims, name, value(options, claims[name], Math.floor(tools.now()))),
  )
}

const withoutClaim = (name: string): FaultEffect => changeIdToken(({ claims }) => void delete claims[name])

function headerMember(name: string, value: (options: FaultOptions) => unknown): FaultEffect {
  return changeIdToken(({ header }, { options }) => void (header[name] = value(options)))
}

const unsigned = (alg: string | null): FaultEffect =>
  rewriteIdToken(({ header, claims }) => unsignedJwt({ header: { ...header, alg }, claims }))

/** Adds the client of somebody else to the audience. */
const secondAudience = (azp: Readonly<Record<string, string>>): FaultEffect =>
  changeIdToken(
    ({ claims }) => void Object.assign(claims, { aud: [claims['aud'], 'another-client'], ...azp }),
  )

const signedByForeignKey = rewriteIdToken(async (token, { tools }) =>
  signJwt(token, await tools.keys.foreign(String(token.header['alg']))),
)

/** Signed with the key that the header itself carries. */
const withOwnKey = rewriteIdToken(async ({ header, claims }) => {
  const key = await createFaultKey(String(header['alg']))
  return signJwt({ header: { ...header, jwk: key.publicJwk }, claims }, key)
})

const otherAlg = resignIdToken(({ header }, { tools }) =>
  tools.keys.published(header['alg'] === 'ES256' ? 'PS256' : 'ES256'),
)

/** A JWE whose key is wrapped in a password, slowly: whoever tries to unwrap it works for a long time. */
const encryptedPbes2 = rewriteIdToken(() => {
  const header = {
    alg: 'PBES2-HS256+A128KW',
    enc: 'A128CBC-HS256',
    p2s: 'c2FsdC1vZi1wYmVzMg',
    p2c: 100_000_000,
  }
  const [text] = unsignedJwt({ header, claims: {} }).split('.')
  return [text, 'A'.repeat(54), 'A'.repeat(22), 'A'.repeat(64), 'A'.repeat(22)].join('.')
})

/** Faults of the ID token. */
export const idTokenFaults: Readonly<Record<FaultNameOf<'id_token'>, FaultEffect>> = {
  'id_token.wrong_issuer': claim('iss', ({ value }) => value ?? 'https://attacker.example'),
  'id_token.issuer_trailing_slash': claim('iss', (_, was) => turnTrailingSlash(String(was))),
  'id_token.wrong_audience': claim('aud', ({ value }) => value ?? 'another-client'),
  'id_token.missing_audience': withoutClaim('aud'),
  'id_token.secondary_audience': secondAudience({}),
  'id_token.foreign_azp': secondAudience({ azp: 'another-client' }),
  'id_token.audience_array': claim('aud', (_, was) => [was].flat()),
  'id_token.missing_subject': withoutClaim('sub'),
  'id_token.empty_subject': claim('sub', () => ''),
  'id_token.huge_subject': claim('sub', () => 'a'.repeat(10_000)),
  'id_token.missing_iat': withoutClaim('iat'),
  'id_token.future_iat': claim('iat', ({ seconds = day }, _, now) => now + seconds),
  'id_token.ancient_iat': claim('iat', ({ seconds = 3650 * day }, _, now) => now - seconds),
  'id_token.missing_exp': withoutClaim('exp'),
  'id_token.expired': claim('exp', ({ seconds = 600 }, _, now) => now - seconds),
  'id_token.exp_string': claim('exp', (_, was) => String(was)),
  'id_token.exp_huge': claim('exp', () => 1e300),
  'id_token.exp_milliseconds': claim('exp', (_, was) => Number(was) * 1000),
  'id_token.future_nbf': claim('nbf', ({ seconds = 3600 }, _, now) => now + seconds),
  'id_token.wrong_nonce': claim('nonce', ({ value }) => value ?? 'nonce-of-somebody-else'),
  'id_token.missing_nonce': withoutClaim('nonce'),
  'id_token.nonce_array': claim('nonce', (_, was) => [was]),
  'id_token.alg_none': unsigned('none'),
  'id_token.alg_none_mixed_case': unsigned('nOnE'),
  'id_token.alg_null': unsigned(null),
  'id_token.other_alg': otherAlg,
  'id_token.hs256_with_public_key': rewriteIdToken(signWithPublicKey),
  'id_token.broken_signature': rewriteIdToken(({ text }) => breakSignature(text)),
  'id_token.foreign_key': signedByForeignKey,
  'id_token.space_inside': rewriteIdToken(({ text }) => insertInto(text, 2, ' ')),
  'id_token.newline_inside': rewriteIdToken(({ text }) => insertInto(text, 1, '\n')),
  'id_token.padded': rewriteIdToken(({ text }) => `${text}=`),
  'id_token.non_canonical': rewriteIdToken(({ text }) => setSpareBit(text)),
  'id_token.wrong_at_hash': claim('at_hash', () => 'AAAAAAAAAAAAAAAAAAAAAA'),
  'id_token.encrypted_pbes2': encryptedPbes2,
  'id_token.missing_auth_time': withoutClaim('auth_time'),
  'id_token.old_auth_time': claim('auth_time', ({ seconds = day }, _, now) => now - seconds),
  'id_token.auth_time_zero': claim('auth_time', () => 0),
  'id_token.wrong_acr': claim('acr', ({ value }) => value ?? 'urn:example:weak'),
  'id_token.proto_claim': claim('__proto__', () => ({ isAdmin: true })),
  'id_token.typ_access_token': headerMember('typ', () => 'at+jwt'),
  'id_token.header_jwk': withOwnKey,
  'id_token.header_jku': headerMember('jku', ({ value }) => value ?? 'https://attacker.example/jwks'),
  'id_token.header_x5u': headerMember('x5u', ({ value }) => value ?? 'https://attacker.example/cert.pem'),
  'id_token.header_crit': changeIdToken(
    ({ header }) =>
      void Object.assign(header, { crit: ['urn:example:unknown'], 'urn:example:unknown': true }),
  ),
  'id_token.no_kid': changeIdToken(({ header }) => void delete header['kid']),
  'id_token.unknown_kid': headerMember('kid', () => crypto.randomUUID()),
  'id_token.missing': changeJson(
    (body) => void delete body['id_token'],
    (body) => body['id_token'] !== undefined,
  ),
}
