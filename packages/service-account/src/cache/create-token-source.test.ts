import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { clientCredentials, type ClientCredentialsSourceOptions } from '../client-credentials.ts'
import { serviceAccount } from '../service-account.ts'
import {
  canary,
  createTestServer,
  issuer,
  keys,
  pemOf,
  refusal,
  serviceAccountFile,
  settle,
  type TestServer,
} from '../test-kit.test-support.ts'
import { createTokenCache } from './token-cache.ts'

let server: TestServer

beforeEach(() => {
  server = createTestServer()
})

const daemon = (options: Partial<ClientCredentialsSourceOptions> = {}) =>
  clientCredentials({
    issuer,
    clientId: 'daemon',
    clientSecret: 'secret',
    runtime: server.runtime,
    ...options,
  })

describe('G10: a stampede', () => {
  it('of 10,000 callers, cold, is one exchange', async () => {
    const source = daemon()
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => source.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-token-1`]))
    expect(server.forms()).toHaveLength(1)
  })

  it('over 100 instances of the same credential is one exchange', async () => {
    const sources = await Promise.all(
      Array.from({ length: 100 }, () => serviceAccount(serviceAccountFile(), { runtime: server.runtime })),
    )
    await Promise.all(sources.map((source) => source.getAccessToken()))
    expect(server.forms()).toHaveLength(1)
  })

  it('at the end of a token is one exchange', async () => {
    const source = daemon()
    await source.getAccessToken()
    await server.clock.advance(3_600)
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-token-2`]))
    expect(server.forms()).toHaveLength(2)
  })

  it('while a token is renewed early gets the old one, which still serves', async () => {
    const source = daemon()
    await source.getAccessToken()
    await server.clock.advance(3_301)
    let answer: (response: Response) => void = () => undefined
    server.next(() => new Promise((resolve) => (answer = resolve)))
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => source.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-token-1`]))
    await vi.waitFor(() => expect(server.forms()).toHaveLength(2))
    answer(json({ access_token: 'new', token_type: 'Bearer', expires_in: 3_600 }))
    await vi.waitFor(() => expect(source.getAccessToken()).resolves.toBe('new'))
  })

  it('that fails is one failure, and the next call tries again', async () => {
    const source = daemon()
    server.next(refusal('invalid_scope'))
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => source.getAccessToken()))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    expect(server.forms()).toHaveLength(1)
    await expect(source.getAccessToken()).resolves.toBe(`${canary}-token-1`)
  })
})

describe('a thousand targets at once', () => {
  it('begin a few at a time, the rest of the program in between', async () => {
    const source = daemon()
    const most: number[] = []
    let before = 0
    const asking = Promise.all(
      Array.from({ length: 100 }, (_, number) => source.for({ scope: `s${number}` }).getAccessToken()),
    )
    while (before < 100) {
      await new Promise((resolve) => setImmediate(resolve))
      most.push(server.requests.filter(({ url }) => url.endsWith('/token')).length - before)
      before += most.at(-1) ?? 0
    }
    expect(new Set(await asking).size).toBe(100)
    expect(Math.max(...most)).toBeLessThanOrEqual(8)
  })
})

describe('a failing server', () => {
  it('is asked less and less', async () => {
    const source = daemon()
    server.always(refusal('invalid_scope'))
    for (let second = 0; second < 600; second += 1) {
      await source.getAccessToken().catch(() => undefined)
      await server.clock.advance(1)
    }
    expect(server.forms().length).toBeLessThanOrEqual(12)
    expect(server.forms().length).toBeGreaterThan(5)
  })

  it('costs no call while the old token serves', async () => {
    const source = daemon()
    await source.getAccessToken()
    server.always(() => new Response('', { status: 500 }))
    await server.clock.advance(3_400)
    await expect(source.getAccessToken()).resolves.toBe(`${canary}-token-1`)
    await server.clock.advance(190)
    await expect(source.getAccessToken()).rejects.toMatchObject({ code: 'server_unavailable' })
  })
})

describe('renewal', () => {
  it.each([0, 0.5, 0.999])('comes before the end, spread by chance (%d)', async (random) => {
    const source = daemon({ runtime: { ...server.runtime, random: () => random } })
    await source.getAccessToken()
    const lead = Math.ceil(300 * (1 - random / 5))
    await server.clock.advance(3_600 - lead - 1)
    await source.getAccessToken()
    await settle()
    expect(server.forms()).toHaveLength(1)
    await server.clock.advance(1)
    await source.getAccessToken()
    await vi.waitFor(() => expect(server.forms()).toHaveLength(2))
  })

  it('follows the clock that nobody sets, when the other is set back', async () => {
    const source = daemon()
    await source.getAccessToken()
    server.clock.setWallTime(server.clock.wallTime() / 1000 - 86_400)
    await server.clock.advance(3_600)
    await source.getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it('follows the wall clock, when the other stood still while the machine slept', async () => {
    const source = daemon()
    await source.getAccessToken()
    server.clock.setWallTime(server.clock.wallTime() / 1000 + 3_600)
    await source.getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it.each([
    [undefined, 300],
    [1e300, 30 * 86_400],
    [60, 60],
  ])('of a token with expires_in %j comes within %i s', async (expiresIn, seconds) => {
    server.always(() =>
      json({
        access_token: 'a',
        token_type: 'Bearer',
        ...(expiresIn !== undefined && { expires_in: expiresIn }),
      }),
    )
    const source = daemon()
    const { expiresAt } = await source.getToken()
    expect(expiresAt).toBe(server.clock.wallTime() / 1000 + seconds)
    await server.clock.advance(seconds)
    await source.getToken()
    await vi.waitFor(() => expect(server.forms()).toHaveLength(2))
  })
})

describe('G13: tokens of different credentials never meet', () => {
  const cases: readonly (readonly [
    string,
    Partial<ClientCredentialsSourceOptions>,
    Partial<ClientCredentialsSourceOptions>,
  ])[] = [
    ['clients', { clientId: 'a' }, { clientId: 'b' }],
    ['secrets', { clientSecret: 'a' }, { clientSecret: 'b' }],
    ['scopes', { scope: 'a' }, { scope: 'b' }],
    ['audiences', { audience: 'a' }, { audience: 'b' }],
    ['resources', { resource: 'https://a.example' }, { resource: 'https://b.example' }],
    ['parameters', { extraParameters: { a: '1' } }, { extraParameters: { a: '2' } }],
    ['texts that meet when joined', { scope: 'a', audience: 'b c' }, { scope: 'a b', audience: 'c' }],
  ]

  it.each(cases)('(other %s)', async (_, one, other) => {
    const cache = createTokenCache()
    const tokens = await Promise.all(
      [one, other].map((options) => daemon({ ...options, cache }).getAccessToken()),
    )
    expect(new Set(tokens).size).toBe(2)
  })

  it.each([
    ['issuers', { token_uri: `${issuer}/token` }, { token_uri: `${issuer}/token?tenant=2` }],
    ['accounts', { client_email: 'a' }, { client_email: 'b' }],
    ['keys', { private_key_id: 'a' }, { private_key_id: 'b' }],
    ['key material under one name', {}, { private_key: pemOf(keys.otherRsa.privateKey) }],
  ])('(other %s of a service account)', async (_, one, other) => {
    const cache = createTokenCache()
    const sources = await Promise.all(
      [one, other].map((changes) =>
        serviceAccount(serviceAccountFile(changes), { cache, runtime: server.runtime }),
      ),
    )
    const tokens = await Promise.all(sources.map((source) => source.getAccessToken()))
    expect(new Set(tokens).size).toBe(2)
  })

  it('and those of the same do, in whatever order the scope is', async () => {
    const cache = createTokenCache()
    const scopes = ['b a', 'a b', ['b', 'a', 'a'], ' a  b ']
    const tokens = await Promise.all(scopes.map((scope) => daemon({ scope, cache }).getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
  })

  it('nor do those had over different networks', async () => {
    const other = createTestServer()
    await daemon().getAccessToken()
    await daemon({ runtime: other.runtime }).getAccessToken()
    expect([server, other].map(({ forms }) => forms().length)).toEqual([1, 1])
  })
})

describe('a cache', () => {
  it('holds no more than it may; what was used lately stays', async () => {
    const cache = createTokenCache({ maxEntries: 10 })
    const source = daemon({ cache })
    const ask = (subject: number) => source.for({ scope: `s${subject}` }).getAccessToken()
    for (let subject = 0; subject < 10; subject += 1) await ask(subject)
    await ask(3)
    for (let subject = 10; subject < 15; subject += 1) await ask(subject)
    expect(cache.size).toBe(10)
    expect(server.forms()).toHaveLength(15)
    await ask(3)
    expect(server.forms()).toHaveLength(15)
    await ask(0)
    expect(server.forms()).toHaveLength(16)
  })

  it('can be cleared', async () => {
    const cache = createTokenCache()
    const source = daemon({ cache })
    await source.for({ scope: 'a' }).getAccessToken()
    cache.clear()
    expect(cache.size).toBe(0)
    await source.for({ scope: 'a' }).getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it.each([0, 1.5, Number.NaN])('of %d entries is refused', (maxEntries) => {
    expect(() => createTokenCache({ maxEntries })).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('of another make is refused', async () => {
    const cache = { size: 0, clear: () => undefined }
    await expect(daemon({ cache }).getAccessToken()).rejects.toMatchObject({ code: 'invalid_configuration' })
  })
})

describe('a caller who gives up', () => {
  it('leaves the others waiting', async () => {
    const source = daemon()
    let answer: (response: Response) => void = () => undefined
    server.next(() => new Promise((resolve) => (answer = resolve)))
    const abort = new AbortController()
    const quitter = source.getAccessToken({ signal: abort.signal })
    const other = source.getAccessToken({ signal: new AbortController().signal })
    await vi.waitFor(() => expect(server.forms()).toHaveLength(1))
    abort.abort(new Error('enough'))
    await expect(quitter).rejects.toThrow('enough')
    await expect(source.getAccessToken({ signal: abort.signal })).rejects.toThrow('enough')
    answer(json({ access_token: 'a', token_type: 'Bearer' }))
    await expect(other).resolves.toBe('a')
    expect(server.forms()).toHaveLength(1)
  })
})

describe('a source that was disposed of', () => {
  it('gives nothing more, and leaves the others alone', async () => {
    const [source, other] = [daemon(), daemon()]
    const derived = source.for({ scope: 'a' })
    await Promise.all([source.getAccessToken(), other.getAccessToken()])
    source.dispose()
    await expect(derived.getAccessToken()).rejects.toMatchObject({ code: 'source_disposed' })
    await expect(source.getAccessToken()).rejects.toMatchObject({ code: 'source_disposed' })
    await expect(other.getAccessToken()).resolves.toBe(`${canary}-token-1`)
    expect(server.forms()).toHaveLength(1)
  })
})

describe('fetch', () => {
  const api = 'https://api.example'
  const seen = () =>
    server.requests
      .filter(({ url }) => url.startsWith(api))
      .map(({ headers }) => headers.get('authorization'))
  const refused = () =>
    new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })

  it.each([
    ['declared APIs', { apis: [api] }],
    ['the origin of the resource', { resource: `${api}/orders` }],
    ['the origin of the audience', { audience: api }],
  ])('takes the token to %s', async (_, options) => {
    server.on(`${api}/orders`, () => json([1]))
    const response = await daemon(options).fetch(`${api}/orders`)
    await expect(response.json()).resolves.toEqual([1])
    expect(seen()).toEqual([`Bearer ${canary}-token-1`])
  })

  it.each([
    ['nothing is declared', {}],
    ['another is declared', { apis: ['https://other.example'] }],
    ['the audience is no URL', { audience: 'orders' }],
    ['the list is empty', { apis: [], audience: api }],
  ])('takes it nowhere else: %s', async (_, options) => {
    await expect(daemon(options).fetch(`${api}/orders`)).rejects.toMatchObject({ code: 'api_not_declared' })
    expect(server.requests).toEqual([])
  })

  it('replaces a token that the API refuses, and repeats the call once', async () => {
    const source = daemon({ apis: [api] })
    server.on(`${api}/orders`, ({ headers }) =>
      headers.get('authorization') === `Bearer ${canary}-token-1` ? refused() : json([1]),
    )
    await source.getAccessToken()
    await server.clock.advance(60)
    const response = await source.fetch(`${api}/orders`, { method: 'POST', body: 'x' })
    expect(response.status).toBe(200)
    expect(seen()).toEqual([1, 2].map((number) => `Bearer ${canary}-token-${number}`))
  })

  it('does not ask the server again and again for an API that refuses every token', async () => {
    const source = daemon({ apis: [api] })
    server.on(`${api}/orders`, refused)
    for (let call = 0; call < 20; call += 1) {
      const response = await source.fetch(`${api}/orders`)
      expect(response.status).toBe(401)
    }
    expect(server.forms()).toHaveLength(1)
  })

  it('does not follow a redirect', async () => {
    server.on(
      `${api}/orders`,
      () => new Response('', { status: 302, headers: { location: 'https://evil.example' } }),
    )
    await expect(daemon({ apis: [api] }).fetch(`${api}/orders`)).rejects.toMatchObject({ code: 'redirected' })
  })
})
