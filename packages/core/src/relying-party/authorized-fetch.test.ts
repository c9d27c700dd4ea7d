import { beforeEach, describe, expect, it, vi } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'

const api = 'https://api.example'
const orders = `${api}/orders`

let server: ScriptedServer
let relyingParty: RelyingParty

beforeEach(async () => {
  server = await createScriptedServer()
  relyingParty = server.relyingParty({ apis: [api] })
  await server.logIn(relyingParty)
})

const calls = (): readonly string[] =>
  server.requests
    .filter(({ url }) => url.startsWith(api))
    .map(({ headers }) => headers.get('authorization') ?? '')
const refused = (): Response =>
  new Response('', {
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="orders", error="invalid_token"' },
  })

describe('the authorized fetch', () => {
  it('attaches the token for a declared origin', async () => {
    server.on(orders, () => json([{ id: 1 }]))
    const response = await relyingParty.fetch(`${orders}?page=2`)
    await expect(response.json()).resolves.toEqual([{ id: 1 }])
    expect(calls()).toEqual([`Bearer ${canary}-access-1`])
  })

  it.each([
    'https://api.example.evil.example/',
    'http://api.example/',
    'https://evil.example/https://api.example',
    'https://api.example:444/',
  ])('sends nothing to %s', async (url) => {
    const before = server.requests.length
    await expect(relyingParty.fetch(url)).rejects.toMatchObject({ code: 'api_not_declared' })
    expect(server.requests).toHaveLength(before)
  })

  it('replays once with a new token after a 401 with invalid_token', async () => {
    server.on(orders, ({ headers, body }) =>
      headers.get('authorization')?.endsWith('-1') ? refused() : json({ body }),
    )
    const response = await relyingParty.fetch(orders, { method: 'POST', body: 'one coffee' })
    await expect(response.json()).resolves.toEqual({ body: 'one coffee' })
    expect(calls()).toEqual([`Bearer ${canary}-access-1`, `Bearer ${canary}-access-2`])
  })

  it('refreshes once for many calls that are refused together', async () => {
    server.on(orders, ({ headers }) => (headers.get('authorization')?.endsWith('-1') ? refused() : json({})))
    await Promise.all(Array.from({ length: 20 }, () => relyingParty.fetch(orders)))
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('replays once only', async () => {
    server.on(orders, refused)
    await expect(relyingParty.fetch(orders)).resolves.toMatchObject({ status: 401 })
    expect(calls()).toHaveLength(2)
  })

  it.each([
    ['a 401 without a challenge', () => new Response('', { status: 401 })],
    [
      'a 403',
      () =>
        new Response('', { status: 403, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
    ],
    [
      'another error',
      () =>
        new Response('', {
          status: 401,
          headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
        }),
    ],
  ])('hands on %s', async (_, answer) => {
    server.on(orders, answer)
    await relyingParty.fetch(orders)
    expect(calls()).toHaveLength(1)
  })

  it('replays after a 401 that says nothing, once the token is a minute old', async () => {
    server.on(orders, ({ headers }) =>
      headers.get('authorization')?.endsWith('-1') ? new Response('', { status: 401 }) : json({}),
    )
    await server.clock.advance(60)
    await expect(relyingParty.fetch(orders)).resolves.toMatchObject({ status: 200 })
    server.on(orders, () => new Response('', { status: 401 }))
    await expect(relyingParty.fetch(orders)).resolves.toMatchObject({ status: 401 })
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('ends no session without a refresh token because of a 401 that says nothing', async () => {
    server.bend.tokenResponse = { refresh_token: undefined }
    await server.logIn(relyingParty)
    await server.clock.advance(60)
    server.on(orders, () => new Response('', { status: 401 }))
    await expect(relyingParty.fetch(orders)).resolves.toMatchObject({ status: 401 })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('does not replay a body that was a stream', async () => {
    server.on(orders, refused)
    const body = new Response('one coffee').body ?? ''
    await relyingParty.fetch(orders, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect(calls()).toHaveLength(1)
  })

  it('does not follow a redirect', async () => {
    server.on(
      orders,
      () => new Response(null, { status: 307, headers: { location: 'https://evil.example' } }),
    )
    await expect(relyingParty.fetch(orders)).rejects.toMatchObject({ code: 'redirected' })
  })

  it('says what may be wrong when there is no answer', async () => {
    await expect(relyingParty.fetch(`${api}/nowhere`)).rejects.toMatchObject({
      code: 'network_failed',
      message: expect.stringContaining('CORS'),
    })
  })

  it.each([
    ['no URL', 'invalid_configuration'],
    ['http://api.example', 'insecure_url'],
  ])('cannot be declared for %s', (origin, code) => {
    expect(() => server.relyingParty({ apis: [origin] })).toThrow(expect.objectContaining({ code }))
  })

  it('keeps the session when the refresh after a 401 fails', async () => {
    server.on(orders, refused)
    server.on(`${issuer}/token`, () => new Response('', { status: 503 }))
    await expect(relyingParty.fetch(orders)).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('replaces a token that was superseded while the call was under way, and refreshes nothing', async () => {
    const waiting: (() => void)[] = []
    server.on(orders, ({ headers }) =>
      headers.get('authorization')?.endsWith('-1')
        ? new Promise((resolve) => waiting.push(() => resolve(refused())))
        : json({}),
    )
    const all = Promise.all(Array.from({ length: 20 }, () => relyingParty.fetch(orders)))
    await vi.waitFor(() => expect(waiting).toHaveLength(20))
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    for (const answer of waiting) answer()
    expect((await all).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(server.tokenRequests()).toHaveLength(2)
    expect(calls().filter((token) => token.endsWith('-2'))).toHaveLength(20)
  })

  it('joins a refresh that is under way when the refusals come', async () => {
    let release = (): void => undefined
    const token = server.on(`${issuer}/token`, refused) ?? refused
    server.on(`${issuer}/token`, async (request) => {
      await new Promise<void>((resolve) => (release = resolve))
      return token(request)
    })
    server.on(orders, ({ headers }) => (headers.get('authorization')?.endsWith('-1') ? refused() : json({})))
    const all = Promise.all(Array.from({ length: 20 }, () => relyingParty.fetch(orders)))
    await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(2))
    const late = relyingParty.fetch(orders)
    await vi.waitFor(() => expect(calls()).toHaveLength(21))
    release()
    expect([...(await all), await late].every(({ ok }) => ok)).toBe(true)
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('gives up with the reason of its caller, and leaves the refresh to the others', async () => {
    let release = (): void => undefined
    const token = server.on(`${issuer}/token`, refused) ?? refused
    server.on(`${issuer}/token`, async (request) => {
      await new Promise<void>((resolve) => (release = resolve))
      return token(request)
    })
    server.on(orders, () => json({}))
    await server.clock.advance(3_600)
    const abort = new AbortController()
    const impatient = relyingParty.fetch(orders, { signal: abort.signal })
    const patient = relyingParty.fetch(orders)
    await vi.waitFor(() => expect(server.tokenRequests()).toHaveLength(2))
    abort.abort(new Error('enough'))
    await expect(impatient).rejects.toThrow('enough')
    release()
    await expect(patient).resolves.toMatchObject({ status: 200 })
    expect(calls()).toEqual([`Bearer ${canary}-access-2`])
  })

  it('sends nothing for a caller who aborted before', async () => {
    const before = server.requests.length
    await expect(
      relyingParty.fetch(orders, { signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough')
    expect(server.requests).toHaveLength(before)
  })

  it('replays the body of a Request object, and leaves the object alone', async () => {
    server.on(orders, ({ headers, body }) =>
      headers.get('authorization')?.endsWith('-1')
        ? refused()
        : json({ body, type: headers.get('content-type') }),
    )
    const request = new Request(orders, { method: 'POST', body: new URLSearchParams({ one: 'coffee' }) })
    await expect((await relyingParty.fetch(request)).json()).resolves.toEqual({
      body: 'one=coffee',
      type: 'application/x-www-form-urlencoded;charset=UTF-8',
    })
    await expect(request.text()).resolves.toBe('one=coffee')
  })

  it('lets init change what a Request object says', async () => {
    server.on(orders, ({ method, body }) => json({ method, body }))
    const request = new Request(orders, { method: 'POST', body: 'tea' })
    const response = await relyingParty.fetch(request, { method: 'PUT', body: 'coffee' })
    await expect(response.json()).resolves.toEqual({ method: 'PUT', body: 'coffee' })
  })
})
