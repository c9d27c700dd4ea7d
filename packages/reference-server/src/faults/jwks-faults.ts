import { exportJWK, generateSecret, type JWK } from 'jose'
import type { FaultNameOf } from '../faults.ts'
import { changeJson, htmlAnswer, neverAnswers, redirected, unavailable } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { createFaultKey } from './fault-keys.ts'
import { rocaModulus } from './roca-modulus.ts'
import { resignIdToken } from './token-changes.ts'

/** The effect of a fault that puts other keys in place of the set's. */
function changeKeys(change: (keys: readonly JWK[], exchange: Exchange) => unknown): FaultEffect {
  return changeJson(
    async (body, exchange) => void (body['keys'] = await change(body['keys'] as readonly JWK[], exchange)),
    ({ keys }) => Array.isArray(keys),
  )
}

const algOf = ({ alg, kty }: JWK): string => alg ?? (kty === 'RSA' ? 'RS256' : 'ES256')

/** A key like this one that nobody signs with. */
async function strangeKey(key: JWK, changes: JWK = {}): Promise<JWK> {
  const { publicJwk } = await createFaultKey(algOf(key))
  return { ...publicJwk, ...changes }
}

/** The effect of a fault that puts a strange key under each key's `kid`, before it or in its place. */
function changeEachKey(change: (key: JWK) => Promise<readonly JWK[]>): FaultEffect {
  return changeKeys(async (keys) => (await Promise.all(keys.map(change))).flat())
}

function withoutMember(keys: readonly JWK[], member: keyof JWK): readonly JWK[] {
  return keys.map((key) => {
    const { [member]: _removed, ...rest } = key
    return rest
  })
}

const named = ({ kid }: JWK): JWK => (kid === undefined ? {} : { kid })

/** What is left of a key when only its name and use count. */
const bareRsa = (key: JWK): JWK => ({ ...named(key), kty: 'RSA', use: 'sig', alg: 'RS256' })

async function weakRsa(key: JWK): Promise<JWK> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024 }
  const publicExponent = new Uint8Array([1, 0, 1])
  const pair = await crypto.subtle.generateKey({ ...algorithm, publicExponent }, true, ['sign', 'verify'])
  const { n, e } = await exportJWK(pair.publicKey)
  return { ...bareRsa(key), n: n ?? '', e: e ?? '' }
}

async function exponentOne(key: JWK): Promise<JWK> {
  const { publicJwk } = await createFaultKey('RS256')
  return { ...bareRsa(key), n: publicJwk.n ?? '', e: 'AQ' }
}

async function symmetric(key: JWK): Promise<JWK> {
  const secret = await exportJWK(await generateSecret('HS256', { extractable: true }))
  return { ...named(key), ...secret, use: 'sig', alg: 'HS256' }
}

/** The keys with the private members of the one that signs; those of the others nobody here knows. */
async function publishPrivateKey(keys: readonly JWK[], { tools }: Exchange): Promise<readonly JWK[]> {
  const header = { alg: algOf(keys[0] ?? {}) }
  const { kid, privateKey } = await tools.keys.trusted({ header, claims: {} })
  const jwk = await exportJWK(privateKey)
  return keys.map((key) => (key.kid === kid ? { ...key, ...jwk } : key))
}

async function manyKeysNoKid(keys: readonly JWK[]): Promise<readonly JWK[]> {
  const [first = {}] = keys
  const strange = await Promise.all([1, 2, 3].map(() => strangeKey(first)))
  return withoutMember([...strange, ...keys], 'kid')
}

async function fiveThousandKeys(keys: readonly JWK[]): Promise<readonly JWK[]> {
  const decoy = await strangeKey(keys[0] ?? {})
  const strange = Array.from({ length: 5000 }, (_, index) => ({ ...decoy, kid: `strange-${index}` }))
  return [...strange, ...keys]
}

/** Faults of the key set. */
export const jwksFaults: Readonly<Record<FaultNameOf<'jwks'>, FaultEffect>> = {
  'jwks.rotated_just_now': resignIdToken(({ header }, { tools }) =>
    tools.keys.rotated(String(header['alg'])),
  ),
  'jwks.key_withdrawn': changeKeys(async ([first = {}]) => [await strangeKey(first)]),
  'jwks.key_replaced': changeEachKey(async (key) => [await strangeKey(key, named(key))]),
  'jwks.unavailable': unavailable,
  'jwks.never_answers': neverAnswers,
  'jwks.no_kid': changeKeys((keys) => withoutMember(keys, 'kid')),
  'jwks.many_keys_no_kid': changeKeys(manyKeysNoKid),
  'jwks.duplicate_kid': changeEachKey(async (key) => [await strangeKey(key, named(key)), key]),
  'jwks.same_kid_for_encryption': changeEachKey(async (key) => {
    const alg = key.kty === 'RSA' ? 'RSA-OAEP' : 'ECDH-ES'
    return [await strangeKey(key, { ...named(key), use: 'enc', alg }), key]
  }),
  'jwks.same_kid_other_type': changeEachKey(async (key) => {
    const alg = key.kty === 'RSA' ? 'ES256' : 'RS256'
    return [await strangeKey({ alg }, named(key)), key]
  }),
  'jwks.key_without_alg': changeKeys((keys) => withoutMember(keys, 'alg')),
  'jwks.weak_rsa_1024': changeEachKey(async (key) => [await weakRsa(key)]),
  'jwks.rsa_exponent_one': changeEachKey(async (key) => [await exponentOne(key)]),
  'jwks.roca_modulus': changeEachKey(async (key) => [{ ...bareRsa(key), n: rocaModulus(), e: 'AQAB' }]),
  'jwks.private_key_published': changeKeys(publishPrivateKey),
  'jwks.symmetric_key': changeEachKey(async (key) => [await symmetric(key)]),
  'jwks.html_200': htmlAnswer(200),
  'jwks.too_large': changeJson(
    (body, { options: { bytes = 10_000_000 } }) => JSON.stringify(body) + ' '.repeat(bytes),
  ),
  'jwks.five_thousand_keys': changeKeys(fiveThousandKeys),
  'jwks.keys_object': changeKeys((keys) => Object.fromEntries(keys.map((key) => [key.kid ?? 'key', key]))),
  'jwks.redirected': redirected,
}
