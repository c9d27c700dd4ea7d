import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createInProcessLock } from '../ports/lock.ts'
import { StorageError } from '../errors.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { SessionRecord } from './token-vault.ts'
import type { RelyingParty } from '../relying-party/create-relying-party.ts'

let server: ScriptedServer
let relyingParty: RelyingParty

beforeEach(async () => {
  server = await createScriptedServer()
  relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
})

const vaultKey = `concierge:tokens:spa@${issuer}`
const lastRefreshToken = (): string | null =>
  new URLSearchParams(server.tokenRequests().at(-1)?.body).get('refresh_token')

describe('an access token', () => {
  it('is served from memory while it is fresh', async () => {
    await server.clock.advance(3_000)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
    expect(server.tokenRequests()).toHaveLength(1)
  })

  it('is renewed in its last minute while the old one serves, with the latest refresh token each time', async () => {
    await server.clock.advance(3_571)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
    await vi.waitFor(() =>
      expect(relyingParty.session).toMatchObject({
        accessTokenExpiresAt: server.clock.wallTime() / 1000 + 3_600,
      }),
    )
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
    expect(lastRefreshToken()).toBe(`${canary}-refresh-1`)
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-3`)
    expect(lastRefreshToken()).toBe(`${canary}-refresh-2`)
  })

  it('is refreshed once for ten thousand callers', async () => {
    await server.clock.advance(3_600)
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => relyingParty.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-access-2`]))
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('is refreshed once for two relying parties that share a vault and a lock', async () => {
    const lock = { lock: createInProcessLock() }
    const pair = [server.relyingParty({ runtime: lock }), server.relyingParty({ runtime: lock })]
    await Promise.all(pair.map((one) => one.restore()))
    await server.clock.advance(3_600)
    const tokens = await Promise.all(pair.map((one) => one.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-access-2`]))
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('keeps the refresh token, the scope and the claims that a refresh leaves out', async () => {
    server.bend.tokenResponse = { refresh_token: undefined, id_token: undefined, scope: undefined }
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(lastRefreshToken()).toBe(`${canary}-refresh-1`)
    expect(relyingParty.session).toMatchObject({
      status: 'authenticated',
      claims: { sub: 'ada' },
      scope: ['openid', 'profile'],
    })
  })

  it('R12: is not widened by an answer to a refresh, whatever scope that names', async () => {
    server.bend.tokenResponse = { scope: 'openid admin' }
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(relyingParty.session).toMatchObject({ scope: ['openid'] })
  })

  it('lets one who must write tokens down wait for a renewal that goes on beside the old token', async () => {
    const { renewal } = relyingParty
    await server.clock.advance(3_571)
    await expect(renewal.current()).resolves.toMatchObject({ accessToken: `${canary}-access-1` })
    await renewal.settled()
    expect(renewal.peek()).toMatchObject({ accessToken: `${canary}-access-2` })
  })

  it('lets him go on when the renewal failed', async () => {
    server.on(`${issuer}/token`, () => new Response('', { status: 503 }))
    await server.clock.advance(3_571)
    await relyingParty.renewal.current()
    await expect(relyingParty.renewal.settled()).resolves.toBeUndefined()
  })

  it('goes on serving while a refresh in its last minute fails', async () => {
    server.on(`${issuer}/token`, () => new Response('', { status: 503 }))
    await server.clock.advance(3_550)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
  })

  it.each([
    ['the server is down', () => new Response('', { status: 503 }), 'server_unavailable'],
    ['the network fails', () => Promise.reject(new TypeError('fetch failed')), 'refresh_outcome_unknown'],
    [
      'the connection is refused',
      () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNREFUSED' })),
      'network_failed',
    ],
    [
      'a captive portal answers',
      () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      'unexpected_response',
    ],
    ['the server asks to slow down', () => new Response('', { status: 429 }), 'rate_limited'],
    [
      'the server finds the request invalid',
      () => json({ error: 'invalid_request' }, { status: 400 }),
      'request_refused',
    ],
  ])('that ran out while %s leaves the session alive', async (_, answer, code) => {
    server.on(`${issuer}/token`, answer)
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code, sessionSurvives: true })
    expect(relyingParty.session.status).toBe('authenticated')
    expect(await server.vault.get(vaultKey)).toBeDefined()
  })

  it('ends with the session when the server refuses the refresh token', async () => {
    server.on(`${issuer}/token`, () => json({ error: 'invalid_grant' }, { status: 400 }))
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'session_expired',
      sessionSurvives: false,
    })
    expect(relyingParty.session).toMatchObject({ status: 'expired', claims: { sub: 'ada' } })
    expect(await server.vault.get(vaultKey)).toBeUndefined()
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('is a sibling’s when the server refuses because the sibling was first', async () => {
    await server.clock.advance(3_600)
    server.on(`${issuer}/token`, async () => {
      const record = (await server.vault.get(vaultKey))?.value as SessionRecord
      const tokens = { ...record.tokens, accessToken: 'sibling', receivedAt: server.clock.wallTime() / 1000 }
      await server.vault.put(vaultKey, { ...record, tokens, generation: 'next' })
      return json({ error: 'invalid_grant' }, { status: 400 })
    })
    await expect(relyingParty.getAccessToken()).resolves.toBe('sibling')
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('that arrives after a logout is dropped', async () => {
    await server.clock.advance(3_600)
    const signedOut = async (): Promise<Response> => {
      await relyingParty.endSession()
      return json({ access_token: 'late', token_type: 'Bearer', expires_in: 60 })
    }
    server.on(`${issuer}/token`, signedOut)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
    expect(relyingParty.session.status).toBe('anonymous')
    expect(await server.vault.get(vaultKey)).toBeUndefined()
  })

  it.each([
    ['sub', { sub: 'eve' }],
    ['iss', { iss: 'https://evil.example' }],
    ['aud', { aud: 'another' }],
    ['auth_time', { auth_time: 1_799_999_000 }],
  ])('whose refreshed ID token has another %s is dropped', async (claim, claims) => {
    server.bend.claims = { auth_time: 1_800_000_000 }
    await server.logIn(relyingParty)
    server.bend.claims = claims
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim,
    })
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada' } })
  })

  it('is taken with an ID token whose auth_time is that of its issue, as some servers have it', async () => {
    server.bend.claims = { auth_time: 1_800_000_000 }
    await server.logIn(relyingParty)
    server.bend.claims = { auth_time: 1_800_003_600.5 }
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-3`)
  })

  it('serves until an API refuses it where the server does not say how long it lasts', async () => {
    server.bend.tokenResponse = { expires_in: undefined }
    await server.logIn(relyingParty)
    await server.clock.advance(1_000_000)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('is never taken for one that lasts longer than thirty days', async () => {
    server.bend.tokenResponse = { expires_in: 1e300 }
    await server.logIn(relyingParty)
    expect(relyingParty.session).toMatchObject({
      accessTokenExpiresAt: server.clock.wallTime() / 1000 + 30 * 86_400,
    })
  })

  it('is not to be had without a session', async () => {
    const stranger = server.relyingParty({ vault: (await createScriptedServer()).vault })
    await stranger.restore()
    expect(stranger.session.status).toBe('anonymous')
    await expect(stranger.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('access tokens for several resources', () => {
  const orders = 'https://api.example/orders'
  const resourceOf = (): string | null =>
    new URLSearchParams(server.tokenRequests().at(-1)?.body).get('resource')

  it('come from one refresh token, one request after the other, each kept as long as it is fresh', async () => {
    const [a, b, again] = await Promise.all([
      relyingParty.for(orders).getAccessToken(),
      relyingParty.for('https://api.example/stock').getAccessToken(),
      relyingParty.for(orders).getAccessToken(),
    ])
    expect([a, b, again]).toEqual([`${canary}-access-2`, `${canary}-access-3`, `${canary}-access-2`])
    expect(lastRefreshToken()).toBe(`${canary}-refresh-2`)
    await expect(relyingParty.for(orders).getAccessToken()).resolves.toBe(a)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
    expect(server.tokenRequests()).toHaveLength(3)
  })

  it('name the resource, and the scope where there is one', async () => {
    await relyingParty.for(orders, { scope: 'orders.read' }).getAccessToken()
    expect(resourceOf()).toBe(orders)
    expect(new URLSearchParams(server.tokenRequests().at(-1)?.body).get('scope')).toBe('orders.read')
  })

  it('are renewed each in its own time', async () => {
    await server.clock.advance(3_000)
    await relyingParty.for(orders).getAccessToken()
    await server.clock.advance(600)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-3`)
    await expect(relyingParty.for(orders).getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('need a refresh token, and leave the session alone where there is none', async () => {
    server.bend.tokenResponse = { refresh_token: undefined }
    await server.logIn(relyingParty)
    await expect(relyingParty.for(orders).getAccessToken()).rejects.toMatchObject({
      code: 'refresh_token_required',
    })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('are erased together with the session', async () => {
    const resource = relyingParty.for(orders)
    await resource.getAccessToken()
    await relyingParty.endSession()
    await expect(resource.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('a session', () => {
  const lose = (): Promise<Response> => Promise.reject(new TypeError('Failed to fetch'))

  it('whose refresh answer was lost goes on with its access token and sends the refresh token once more only when that no longer serves', async () => {
    let answers: (() => Promise<Response>)[] = [lose]
    const usual = server.http
    const flaky = server.relyingParty({
      runtime: {
        http: (url, init) =>
          url.endsWith('/token') ? (answers.shift() ?? (() => usual(url, init)))() : usual(url, init),
      },
    })
    await flaky.restore()
    await server.clock.advance(3_571)
    await flaky.getAccessToken()
    await vi.waitFor(() => expect(answers).toEqual([]))
    await expect(flaky.getAccessToken()).resolves.toBe(`${canary}-access-1`)
    expect(server.tokenRequests()).toHaveLength(1)
    await server.clock.advance(60)
    await expect(flaky.getAccessToken()).resolves.toBe(`${canary}-access-2`)
    answers = [lose, lose]
    await server.clock.advance(3_600)
    await expect(flaky.getAccessToken()).rejects.toMatchObject({
      code: 'refresh_outcome_unknown',
      sessionSurvives: true,
    })
    await expect(flaky.getAccessToken()).rejects.toMatchObject({ code: 'refresh_outcome_unknown' })
    await server.clock.advance(60)
    await expect(flaky.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
  })

  it('waits for the server to be reachable before the second attempt', async () => {
    let isDown = true
    const http: typeof server.http = (url, init) => (isDown ? lose() : server.http(url, init))
    await server.clock.advance(3_600)
    const offline = server.relyingParty({
      runtime: { http: (url, init) => (url.endsWith('/token') ? http(url, init) : http(url, init)) },
    })
    await offline.restore()
    isDown = false
    await offline.startLogin({ redirectUri: 'https://app.example/callback' })
    isDown = true
    await expect(offline.getAccessToken()).rejects.toMatchObject({ code: 'refresh_outcome_unknown' })
    for (let minute = 0; minute < 10; minute += 1) {
      await server.clock.advance(60)
      await expect(offline.getAccessToken()).rejects.toMatchObject({ sessionSurvives: true })
    }
    isDown = false
    await server.clock.advance(180)
    await expect(offline.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('asks a failing server at most twelve times in ten minutes', async () => {
    server.on(`${issuer}/token`, () => new Response('', { status: 503 }))
    await server.clock.advance(3_600)
    const before = server.tokenRequests().length
    for (let second = 0; second < 600; second += 1) {
      await server.clock.advance(1)
      await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'server_unavailable' })
    }
    expect(server.tokenRequests().length - before).toBeLessThanOrEqual(12)
  })

  it('waits for as long as the server asks', async () => {
    server.on(`${issuer}/token`, () => new Response('', { status: 429, headers: { 'retry-after': '90' } }))
    await server.clock.advance(3_600)
    const before = server.tokenRequests().length
    for (let second = 0; second < 89; second += 1) {
      await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
        code: 'rate_limited',
        retryAfter: 90,
      })
      await server.clock.advance(1)
    }
    expect(server.tokenRequests().length - before).toBe(1)
  })

  it('is not taken for fresh when the wall clock is set back', async () => {
    await server.clock.advance(3_500)
    server.clock.setWallTime(server.clock.wallTime() / 1000 - 86_400)
    await server.clock.advance(100)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('of another user in the same store is not used in this one’s name', async () => {
    const other = server.relyingParty()
    server.bend.claims = { sub: 'grace' }
    await server.logIn(other)
    await server.clock.advance(3_600)
    await other.getAccessToken()
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'session_changed',
      sessionSurvives: true,
    })
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'grace' } })
  })

  it('goes on in memory when its store is full', async () => {
    const full = { ...server.vault, put: () => Promise.reject(new StorageError('storage_failed', 'full')) }
    const cramped = server.relyingParty({ vault: full })
    await server.logIn(cramped)
    await server.clock.advance(3_600)
    const token = await cramped.getAccessToken()
    await server.clock.advance(3_600)
    await expect(cramped.getAccessToken()).resolves.not.toBe(token)
    expect(cramped.session.status).toBe('authenticated')
  })
})
