import { base64url, decodeProtectedHeader, exportSPKI, importJWK, compactVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, getTokens, issuer } from '../test-support.ts'
import { isSignedByServer, keySetOf, now, partsOf, tokensWith } from './faults.test-support.ts'

const day = 86_400

describe('a claim', () => {
  test.each([
    ['id_token.wrong_issuer', 'iss', 'https://attacker.example'],
    ['id_token.issuer_trailing_slash', 'iss', `${issuer}/`],
    ['id_token.wrong_audience', 'aud', 'another-client'],
    ['id_token.missing_audience', 'aud', undefined],
    ['id_token.secondary_audience', 'aud', ['spa', 'another-client']],
    ['id_token.audience_array', 'aud', ['spa']],
    ['id_token.missing_subject', 'sub', undefined],
    ['id_token.empty_subject', 'sub', ''],
    ['id_token.huge_subject', 'sub', 'a'.repeat(10_000)],
    ['id_token.missing_iat', 'iat', undefined],
    ['id_token.future_iat', 'iat', now + day],
    ['id_token.ancient_iat', 'iat', now - 3650 * day],
    ['id_token.missing_exp', 'exp', undefined],
    ['id_token.expired', 'exp', now - 600],
    ['id_token.exp_string', 'exp', String(now + 3600)],
    ['id_token.exp_huge', 'exp', 1e300],
    ['id_token.exp_milliseconds', 'exp', (now + 3600) * 1000],
    ['id_token.future_nbf', 'nbf', now + 3600],
    ['id_token.wrong_nonce', 'nonce', 'nonce-of-somebody-else'],
    ['id_token.missing_nonce', 'nonce', undefined],
    ['id_token.nonce_array', 'nonce', ['no-1']],
    ['id_token.wrong_at_hash', 'at_hash', 'AAAAAAAAAAAAAAAAAAAAAA'],
    ['id_token.missing_auth_time', 'auth_time', undefined],
    ['id_token.old_auth_time', 'auth_time', now - day],
    ['id_token.auth_time_zero', 'auth_time', 0],
    ['id_token.wrong_acr', 'acr', 'urn:example:weak'],
  ] as const)('%s: %s is wrong, the signature right', async (name, claim, expected) => {
    const { server, tokens } = await tokensWith(name)
    expect(partsOf(tokens['id_token']).claims[claim]).toEqual(expected)
    expect(await isSignedByServer(server, tokens['id_token'])).toBe(true)
    const { id_token: next } = await getTokens(server)
    expect(partsOf(next).claims[claim]).not.toEqual(expected ?? 'anything')
  })

  test('id_token.foreign_azp goes with a second audience', async () => {
    const { tokens } = await tokensWith('id_token.foreign_azp')
    const { aud, azp } = partsOf(tokens['id_token']).claims
    expect([aud, azp]).toEqual([['spa', 'another-client'], 'another-client'])
  })

  test('id_token.proto_claim is a member of its own', async () => {
    const { server, tokens } = await tokensWith('id_token.proto_claim')
    const claims = new TextDecoder().decode(base64url.decode(tokens['id_token']?.split('.')[1] ?? ''))
    expect(claims).toContain('"__proto__":{"isAdmin":true}')
    expect(await isSignedByServer(server, tokens['id_token'])).toBe(true)
  })

  test('takes the value and the seconds it is given', async () => {
    const { tokens } = await tokensWith('id_token.wrong_issuer', { value: 'https://b.example' })
    expect(partsOf(tokens['id_token']).claims['iss']).toBe('https://b.example')
    const { tokens: late } = await tokensWith('id_token.expired', { seconds: 301 })
    expect(partsOf(late['id_token']).claims['exp']).toBe(now - 301)
  })
})

describe('the header', () => {
  test.each([
    ['id_token.typ_access_token', 'typ', 'at+jwt'],
    ['id_token.header_jku', 'jku', 'https://attacker.example/jwks'],
    ['id_token.header_x5u', 'x5u', 'https://attacker.example/cert.pem'],
    ['id_token.header_crit', 'crit', ['urn:example:unknown']],
    ['id_token.no_kid', 'kid', undefined],
  ] as const)('%s: %s', async (name, member, expected) => {
    const { server, tokens } = await tokensWith(name)
    expect(partsOf(tokens['id_token']).header[member]).toEqual(expected)
    expect(await isSignedByServer(server, tokens['id_token'])).toBe(true)
  })

  test('id_token.header_jwk carries the key that signed it', async () => {
    const { server, tokens } = await tokensWith('id_token.header_jwk')
    const { id_token: idToken = '' } = tokens
    const { jwk = {} } = decodeProtectedHeader(idToken)
    await expect(compactVerify(idToken, await importJWK(jwk, 'ES256'))).resolves.toBeDefined()
    expect(await isSignedByServer(server, idToken)).toBe(false)
  })

  test('id_token.unknown_kid is another one each time', async () => {
    const { server, tokens } = await tokensWith('id_token.unknown_kid', { forGood: true })
    const kids = [tokens, await getTokens(server)].map(
      ({ id_token: idToken }) => partsOf(idToken).header['kid'],
    )
    const published = (await keySetOf(server)).keys.map(({ kid }) => kid)
    expect(new Set([...kids, ...published]).size).toBe(3)
  })
})

describe('the signature', () => {
  test.each([
    ['id_token.alg_none', 'none'],
    ['id_token.alg_none_mixed_case', 'nOnE'],
    ['id_token.alg_null', null],
  ] as const)('%s: there is none', async (name, alg) => {
    const { tokens } = await tokensWith(name)
    expect(tokens['id_token']).toMatch(/^[\w-]+\.[\w-]+\.$/)
    expect(partsOf(tokens['id_token']).header['alg']).toBe(alg)
    expect(partsOf(tokens['id_token']).claims['nonce']).toBe('no-1')
  })

  test.each(['id_token.broken_signature', 'id_token.foreign_key'] as const)(
    '%s: the right kid, the wrong signature',
    async (name) => {
      const { server, tokens } = await tokensWith(name)
      const { header } = partsOf(tokens['id_token'])
      expect((await keySetOf(server)).keys.map(({ kid }) => kid)).toContain(header['kid'])
      expect(await isSignedByServer(server, tokens['id_token'])).toBe(false)
    },
  )

  test.each([
    ['ES256', 'PS256'],
    ['RS256', 'ES256'],
  ] as const)('id_token.other_alg: %s is registered, %s is used', async (signingAlg, expected) => {
    const server = createServer({ signingAlg })
    server.faults.on('id_token.other_alg')
    const { id_token: idToken } = await getTokens(server)
    expect(partsOf(idToken).header['alg']).toBe(expected)
    expect(await isSignedByServer(server, idToken)).toBe(true)
  })

  test('id_token.hs256_with_public_key: the published key is the secret', async () => {
    const { server, tokens } = await tokensWith('id_token.hs256_with_public_key')
    const { id_token: idToken = '' } = tokens
    const [jwk = {}] = (await keySetOf(server)).keys
    const key = await importJWK(jwk, 'ES256', { extractable: true })
    const pem = await exportSPKI(key as CryptoKey)
    const secret = new TextEncoder().encode(pem)
    await expect(compactVerify(idToken, secret, { algorithms: ['HS256'] })).resolves.toBeDefined()
  })
})

describe('the text', () => {
  test.each([
    ['id_token.space_inside', /^[\w-]+\.[\w-]+\.[\w-]+ [\w-]+$/],
    ['id_token.newline_inside', /^[\w-]+\.[\w-]+\n[\w-]+\.[\w-]+$/],
    ['id_token.padded', /^[\w-]+\.[\w-]+\.[\w-]+=$/],
    ['id_token.encrypted_pbes2', /^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/],
  ] as const)('%s', async (name, expected) => {
    const { tokens } = await tokensWith(name)
    expect(tokens['id_token']).toMatch(expected)
  })

  test('id_token.encrypted_pbes2 asks for a hundred million rounds', async () => {
    const { tokens } = await tokensWith('id_token.encrypted_pbes2')
    expect(decodeProtectedHeader(tokens['id_token'] ?? '')).toMatchObject({ p2c: 100_000_000 })
  })

  test.each(['ES256', 'RS256', 'EdDSA'] as const)(
    'id_token.non_canonical: other text, the same bytes, for %s',
    async (signingAlg) => {
      const server = createServer({ signingAlg })
      const name: FaultName = 'id_token.non_canonical'
      server.faults.on(name)
      const { id_token: idToken = '' } = await getTokens(server)
      const signature = idToken.split('.')[2] ?? ''
      const bytes = base64url.decode(signature)
      expect(base64url.encode(bytes)).not.toBe(signature)
      expect(bytes.length).toBe(signingAlg === 'RS256' ? 256 : 64)
    },
  )

  test('id_token.missing', async () => {
    const { tokens } = await tokensWith('id_token.missing')
    expect('id_token' in tokens).toBe(false)
    expect(tokens['scope']).toContain('openid')
  })
})

test('a fault of the ID token waits for an answer that has one', async () => {
  const { server, tokens } = await tokensWith('id_token.wrong_nonce', {}, { scope: 'profile' })
  expect('id_token' in tokens).toBe(false)
  expect(server.faults.list()).toHaveLength(1)
  expect(partsOf((await getTokens(server))['id_token']).claims['nonce']).toBe('nonce-of-somebody-else')
  expect(server.faults.list()).toEqual([])
})
