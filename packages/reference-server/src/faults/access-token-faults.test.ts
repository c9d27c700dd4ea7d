import { base64url, compactVerify, exportSPKI, importJWK, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { getTokens } from '../test-support.ts'
import { isSignedByServer, keySetOf, now, partsOf, tokensWith } from './faults.test-support.ts'

async function hashOf(token: string | undefined): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return base64url.encode(new Uint8Array(digest).subarray(0, 16))
}

describe('a claim of the access token', () => {
  test.each([
    ['access_token.wrong_audience', 'aud', 'https://another-api.example'],
    ['access_token.wrong_issuer', 'iss', 'https://attacker.example'],
    ['access_token.expired', 'exp', now - 600],
    ['access_token.not_yet_valid', 'nbf', now + 3600],
    ['access_token.future_iat', 'iat', now + 86_400],
    ['access_token.bound_to_other_key', 'cnf', { jkt: expect.stringMatching(/^[\w-]{43}$/) }],
  ] as const)(
    '%s: %s is wrong, the signature right, and the ID token names it',
    async (name, claim, expected) => {
      const { server, tokens } = await tokensWith(name)
      expect(partsOf(tokens['access_token']).claims[claim]).toEqual(expected)
      expect(await isSignedByServer(server, tokens['access_token'])).toBe(true)
      expect(partsOf(tokens['id_token']).claims['at_hash']).toBe(await hashOf(tokens['access_token']))
      expect(await isSignedByServer(server, tokens['id_token'])).toBe(true)
      expect(partsOf((await getTokens(server))['access_token']).claims[claim]).not.toEqual(expected)
    },
  )
})

describe('the header of the access token', () => {
  test.each([
    ['access_token.kid_path', 'kid', '../../../../../../etc/passwd'],
    ['access_token.kid_sql', 'kid', "x' UNION SELECT 'key' --"],
    ['access_token.kid_proto', 'kid', '__proto__'],
    ['access_token.typ_jwt', 'typ', 'JWT'],
  ] as const)('%s: %s', async (name, member, expected) => {
    const { tokens } = await tokensWith(name)
    expect(partsOf(tokens['access_token']).header[member]).toBe(expected)
    expect(partsOf(tokens['id_token']).header[member]).not.toBe(member === 'kid' ? expected : undefined)
  })

  test('access_token.kid_huge', async () => {
    const { tokens } = await tokensWith('access_token.kid_huge', { bytes: 5000 })
    expect(partsOf(tokens['access_token']).header['kid']).toBe('k'.repeat(5000))
  })

  test.each([
    ['access_token.header_jku', 'jku'],
    ['access_token.header_x5u', 'x5u'],
  ] as const)('%s names an address of somebody else, who signed', async (name, member) => {
    const { server, tokens } = await tokensWith(name)
    expect(partsOf(tokens['access_token']).header[member]).toMatch(/^https:\/\/attacker\.example\//)
    expect(await isSignedByServer(server, tokens['access_token'])).toBe(false)
  })

  test('access_token.header_jwk carries the key that signed', async () => {
    const { server, tokens } = await tokensWith('access_token.header_jwk')
    const { access_token: accessToken = '' } = tokens
    const jwk = partsOf(accessToken).header['jwk'] as JWK
    await expect(compactVerify(accessToken, await importJWK(jwk, 'ES256'))).resolves.toBeDefined()
    expect(await isSignedByServer(server, accessToken)).toBe(false)
  })
})

describe('the signature of the access token', () => {
  test('access_token.alg_none', async () => {
    const { tokens } = await tokensWith('access_token.alg_none')
    expect(tokens['access_token']).toMatch(/\.$/)
    expect(partsOf(tokens['access_token']).header['alg']).toBe('none')
  })

  test('access_token.broken_signature', async () => {
    const { server, tokens } = await tokensWith('access_token.broken_signature')
    expect(await isSignedByServer(server, tokens['access_token'])).toBe(false)
    expect(partsOf(tokens['access_token']).claims['client_id']).toBe('spa')
  })

  test('access_token.hs256_with_public_key', async () => {
    const { server, tokens } = await tokensWith('access_token.hs256_with_public_key')
    const [jwk = {}] = (await keySetOf(server)).keys
    const key = (await importJWK(jwk, 'ES256', { extractable: true })) as CryptoKey
    const secret = new TextEncoder().encode(await exportSPKI(key))
    await expect(compactVerify(tokens['access_token'] ?? '', secret)).resolves.toBeDefined()
  })
})
