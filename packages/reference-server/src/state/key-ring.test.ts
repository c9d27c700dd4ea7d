import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { authorizationUrl, createServer, getTokens, issuer } from '../test-support.ts'
import { publicPoint } from './p256-point.ts'

async function publishedKeys(server: ReferenceServer): Promise<readonly JWK[]> {
  const response = await server.fetch(new Request(`${issuer}/jwks`))
  return ((await response.json()) as { keys: JWK[] }).keys
}

const publishedKids = async (server: ReferenceServer) => (await publishedKeys(server)).map(({ kid }) => kid)

async function kidsOfTokens(server: ReferenceServer): Promise<readonly (string | undefined)[]> {
  const { access_token: accessToken = '', id_token: idToken = '' } = await getTokens(server)
  return [accessToken, idToken].map((token) => decodeProtectedHeader(token).kid)
}

async function createJwk(alg: string, more: JWK | object = {}): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), ...more }
}

describe('rotation just before signing', () => {
  test('signs with a key that nobody can have fetched', async () => {
    const server = createServer()
    const before = await publishedKids(server)
    await server.rotateKeys({ when: 'beforeNextSigning' })
    expect(await publishedKids(server)).toEqual(before)
    expect(server.ledger.countEvents('keys_rotated')).toBe(0)
    const [first, second] = await kidsOfTokens(server)
    expect(first).toBe(second)
    expect(before).not.toContain(first)
    expect(await publishedKids(server)).toEqual([first, ...before])
    expect(await kidsOfTokens(server)).toEqual([first, first])
    expect(server.ledger.countEvents('keys_rotated')).toBe(1)
  })

  test('can withdraw the earlier keys then', async () => {
    const server = createServer()
    await publishedKids(server)
    await server.rotateKeys({ when: 'beforeNextSigning', withdraw: true })
    const [kid] = await kidsOfTokens(server)
    expect(await publishedKids(server)).toEqual([kid])
  })
})

describe('withdrawing one key', () => {
  test('leaves the others published', async () => {
    const server = createServer()
    const [first] = await publishedKids(server)
    await server.rotateKeys()
    const [second = ''] = await publishedKids(server)
    await server.rotateKeys({ withdraw: second })
    const kids = await publishedKids(server)
    expect(kids).toHaveLength(2)
    expect(kids[1]).toBe(first)
    expect(kids).not.toContain(second)
  })
})

describe('rotations at once', () => {
  test('come one after the other', async () => {
    const server = createServer()
    await Promise.all([server.rotateKeys(), server.rotateKeys(), publishedKids(server)])
    expect(new Set(await publishedKids(server)).size).toBe(3)
  })
})

describe('keys handed in', () => {
  test.each(['ES256', 'EdDSA', 'RS256', 'PS256'])('sign with %s', async (alg) => {
    const key = await createJwk(alg, { alg, kid: 'mine' })
    const server = createServer({ keys: [key] })
    expect(await kidsOfTokens(server)).toEqual(['mine', 'mine'])
    const [published] = await publishedKeys(server)
    expect(published).toMatchObject({ alg, kid: 'mine', use: 'sig' })
    expect(Object.keys(published ?? {})).not.toContain('d')
    const discovery = await server.fetch(new Request(`${issuer}/.well-known/openid-configuration`))
    expect(await discovery.json()).toMatchObject({ id_token_signing_alg_values_supported: [alg] })
  })

  test('follow each other by rotation, and then come fresh ones', async () => {
    const keys = [await createJwk('ES256', { kid: 'one' }), await createJwk('ES256', { kid: 'two' })]
    const server = createServer({ keys })
    expect(await publishedKids(server)).toEqual(['one'])
    await server.rotateKeys()
    expect(await publishedKids(server)).toEqual(['two', 'one'])
    await server.rotateKeys()
    expect((await publishedKids(server))[0]).toMatch(/^[\w-]{43}$/)
  })

  test('must be private, and for one algorithm of the server', async () => {
    const key = await createJwk('ES256')
    const { d: _private, ...publicKey } = key
    const wrong = [[publicKey], [{ kty: 'oct', k: 'AA', d: 'x' }], [key, await createJwk('EdDSA')]] as JWK[][]
    for (const keys of wrong) expect(() => createServer({ keys })).toThrow('keys must be private JWKs')
    expect(() => createServer({ keys: [key], signingAlg: 'RS256' })).toThrow('private JWKs for RS256')
  })
})

describe('a seed', () => {
  /** All that a run shows: keys, the code, a cookie, tokens and their ids. */
  async function run(options: Parameters<typeof createServer>[0]) {
    const server = createServer(options)
    const response = await server.signIn({ url: await authorizationUrl() })
    const tokens = await getTokens(server)
    await server.rotateKeys()
    return JSON.stringify([
      await publishedKeys(server),
      response,
      tokens['refresh_token'],
      server.ledger.tokens,
    ])
  }

  test.each(['ES256', 'EdDSA', 'RS256', 'PS256'] as const)(
    'gives the same run again with %s',
    async (signingAlg) => {
      expect(await run({ seed: 'a', signingAlg })).toBe(await run({ seed: 'a', signingAlg }))
    },
  )

  test.each(['ES256', 'EdDSA'] as const)(
    'gives other keys and codes than another with %s',
    async (signingAlg) => {
      const [first, second] = [await run({ seed: 'a', signingAlg }), await run({ seed: 'b', signingAlg })]
      expect(first).not.toBe(second)
      const kidsOf = (text: string) => JSON.parse(text)[0].map(({ kid }: JWK) => kid) as string[]
      expect(new Set([...kidsOf(first), ...kidsOf(second)]).size).toBe(4)
    },
  )

  test.each(['RS256', 'EdDSA'] as const)('gives the very same JWTs with %s', async (signingAlg) => {
    const tokens = () => getTokens(createServer({ seed: 'a', signingAlg }))
    expect(await tokens()).toEqual(await tokens())
  })

  test('gives secrets of full length that do not repeat', async () => {
    const server = createServer({ seed: '' })
    const codes = new Set<string>()
    for (let round = 0; round < 50; round++) {
      const response = await server.signIn({ url: await authorizationUrl() })
      codes.add(response.searchParams.get('code') ?? '')
    }
    expect(codes.size).toBe(50)
    for (const code of codes) expect(code).toMatch(/^[\w-]{43}$/)
  })

  test('leaves everything to chance where there is none', async () => {
    expect(await run({})).not.toBe(await run({}))
  })
})

describe('publicPoint', () => {
  test('agrees with WebCrypto', async () => {
    for (let round = 0; round < 5; round++) {
      const { d = '', x = '', y = '' } = await createJwk('ES256')
      const toNumber = (text: string) => BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`)
      expect(publicPoint(toNumber(d))).toEqual({ x: toNumber(x), y: toNumber(y) })
    }
  })

  test('of 1 is the generator, and of 2 its double', () => {
    expect(publicPoint(1n).x.toString(16)).toMatch(/^6b17d1f2/)
    expect(publicPoint(2n).x.toString(16)).toMatch(/^7cf27b188d034f7e/)
  })
})
