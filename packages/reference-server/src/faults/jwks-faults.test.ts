import { base64url, decodeProtectedHeader, type JWK } from 'jose'
import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import type { SigningAlg } from '../options.ts'
import { createServer, getTokens, issuer } from '../test-support.ts'
import { ask, askJson, isSignedByServer, keySetOf } from './faults.test-support.ts'

async function struck(name: FaultName, signingAlg: SigningAlg = 'ES256') {
  const server = createServer({ signingAlg })
  const [right = {}] = (await keySetOf(server)).keys as JWK[]
  server.faults.on(name)
  const { keys } = (await keySetOf(server)) as { keys: JWK[] }
  return { server, right, keys }
}

describe('rotation', () => {
  test('jwks.rotated_just_now signs with a key that is published from then on', async () => {
    const server = createServer()
    const { keys: before } = await keySetOf(server)
    server.faults.on('jwks.rotated_just_now')
    const { id_token: idToken = '' } = await getTokens(server)
    expect(before.map(({ kid }) => kid)).not.toContain(decodeProtectedHeader(idToken).kid)
    expect(await isSignedByServer(server, idToken)).toBe(true)
    expect((await keySetOf(server)).keys).toHaveLength(2)
  })

  test('jwks.key_withdrawn leaves another key only', async () => {
    const { right, keys } = await struck('jwks.key_withdrawn')
    expect(keys).toHaveLength(1)
    expect(keys[0]?.kid).not.toBe(right.kid)
  })

  test('jwks.key_replaced keeps the name and changes the key', async () => {
    const { server, right, keys } = await struck('jwks.key_replaced')
    expect(keys).toHaveLength(1)
    expect([keys[0]?.kid, keys[0]?.alg]).toEqual([right.kid, 'ES256'])
    expect(keys[0]?.x).not.toBe(right.x)
    expect((await keySetOf(server)).keys).toEqual([right])
  })
})

describe('names of keys', () => {
  test('jwks.no_kid', async () => {
    const { right, keys } = await struck('jwks.no_kid')
    const { kid: _kid, ...unnamed } = right
    expect(keys).toEqual([unnamed])
  })

  test('jwks.many_keys_no_kid', async () => {
    const { right, keys } = await struck('jwks.many_keys_no_kid')
    expect(keys.map(({ kid, x }) => [kid, x === right.x])).toEqual([
      [undefined, false],
      [undefined, false],
      [undefined, false],
      [undefined, true],
    ])
  })

  test.each([
    ['jwks.duplicate_kid', { kty: 'EC', use: 'sig', alg: 'ES256' }],
    ['jwks.same_kid_for_encryption', { kty: 'EC', use: 'enc', alg: 'ECDH-ES' }],
    ['jwks.same_kid_other_type', { kty: 'RSA', use: 'sig', alg: 'RS256' }],
  ] as const)('%s puts a strange key first', async (name, expected) => {
    const { right, keys } = await struck(name)
    expect(keys[0]).toMatchObject({ ...expected, kid: right.kid })
    expect(keys[0]?.x).not.toBe(right.x)
    expect(keys[1]).toEqual(right)
  })

  test('jwks.key_without_alg', async () => {
    const { keys } = await struck('jwks.key_without_alg')
    expect(keys.map((key) => 'alg' in key)).toEqual([false])
  })
})

const bitsOf = ({ n = '' }: JWK): number => base64url.decode(n).length * 8

describe('bad keys', () => {
  test('jwks.weak_rsa_1024', async () => {
    const { right, keys } = await struck('jwks.weak_rsa_1024', 'RS256')
    expect(keys.map((key) => [key.kid, key.kty, bitsOf(key)])).toEqual([[right.kid, 'RSA', 1024]])
  })

  test('jwks.rsa_exponent_one', async () => {
    const { keys } = await struck('jwks.rsa_exponent_one', 'RS256')
    expect(keys.map((key) => [key.e, bitsOf(key)])).toEqual([['AQ', 2048]])
  })

  test('jwks.roca_modulus is a power of 65537 modulo each small prime', async () => {
    const { keys } = await struck('jwks.roca_modulus', 'RS256')
    const [key = {}] = keys
    const modulus = base64url.decode(key.n ?? '').reduce((all, byte) => (all << 8n) | BigInt(byte), 0n)
    expect(bitsOf(key)).toBe(2048)
    for (const prime of [
      11n,
      13n,
      17n,
      19n,
      37n,
      53n,
      61n,
      71n,
      73n,
      79n,
      97n,
      103n,
      107n,
      109n,
      127n,
      151n,
      157n,
    ]) {
      const powers = new Set(
        Array.from({ length: Number(prime) }, (_, power) => 65537n ** BigInt(power) % prime),
      )
      expect(powers.has(modulus % prime)).toBe(true)
    }
  })

  test('jwks.private_key_published shows the key that signs', async () => {
    const { right, keys } = await struck('jwks.private_key_published')
    expect(keys).toEqual([{ ...right, d: expect.stringMatching(/^[\w-]{43}$/) }])
  })

  test('jwks.symmetric_key', async () => {
    const { right, keys } = await struck('jwks.symmetric_key')
    expect(keys).toEqual([
      { kid: right.kid, kty: 'oct', alg: 'HS256', use: 'sig', k: expect.stringMatching(/^[\w-]{43}$/) },
    ])
  })
})

describe('the shape of the set', () => {
  test('jwks.five_thousand_keys has the right one at its end', async () => {
    const { right, keys } = await struck('jwks.five_thousand_keys')
    expect(keys).toHaveLength(5001)
    expect(keys.at(-1)).toEqual(right)
  })

  test('jwks.keys_object', async () => {
    const server = createServer()
    server.faults.on('jwks.keys_object')
    const { keys } = await askJson(server, '/jwks')
    expect(Array.isArray(keys)).toBe(false)
    expect(Object.values(keys as object)).toHaveLength(1)
  })

  test('jwks.too_large', async () => {
    const server = createServer()
    server.faults.on('jwks.too_large', { bytes: 50_000 })
    const { text } = await ask(server, '/jwks')
    expect(text.length).toBeGreaterThan(50_000)
    expect(text.trimEnd()).toMatch(/\]\}$/)
  })

  test('jwks.html_200, jwks.unavailable and jwks.redirected, one after the other', async () => {
    const server = createServer()
    for (const name of ['jwks.html_200', 'jwks.unavailable', 'jwks.redirected'] as const)
      server.faults.on(name)
    expect((await ask(server, '/jwks')).text).toContain('<!doctype html>')
    expect((await ask(server, '/jwks')).status).toBe(503)
    expect((await ask(server, '/jwks')).headers.get('location')).toBe('https://attacker.example/jwks')
    expect((await ask(server, '/jwks')).status).toBe(200)
  })

  test('jwks.never_answers until it is switched off, and ends when the caller gives up', async () => {
    const server = createServer()
    server.faults.on('jwks.never_answers', { times: 2 })
    const signal = AbortSignal.abort(new Error('gave up'))
    await expect(server.fetch(new Request(`${issuer}/jwks`, { signal }))).rejects.toThrow('gave up')
    const waiting = expect(ask(server, '/jwks')).rejects.toThrow('fetch failed')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(2)
    server.faults.off('jwks.never_answers')
    await waiting
  })
})
