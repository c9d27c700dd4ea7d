import { dpop, createMemoryKeyStore } from '@oauth-concierge/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'
import { api } from './rig.ts'

let rig: ReferenceRig
let browser: Browser

beforeEach(async () => {
  rig = createReferenceRig({
    apis: {
      orders: {
        upstream: `${api}/v1`,
        publicUrl: 'https://shop.example',
        methods: ['GET', 'POST'],
        paths: ['/orders', '/orders/*', '/files/**'],
        requestHeaders: ['x-api-version'],
      },
      cookies: { upstream: `${api}/cookies`, unsafeSetCookie: true },
    },
  })
  browser = rig.newBrowser()
  await rig.logIn(browser)
})

const invalidToken = { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }

describe('a call of an API', () => {
  it.each([
    ['GET', '/orders', 200],
    ['GET', '/orders/1', 200],
    ['POST', '/orders', 200],
    ['GET', '/files', 200],
    ['GET', '/files/a/b/c', 200],
    ['GET', '/orders/1/lines', 404],
    ['GET', '/admin', 404],
    ['GET', '/Orders', 404],
    ['GET', '', 404],
    ['GET', '/', 404],
    ['DELETE', '/orders/1', 405],
    ['PUT', '/orders', 405],
  ])('B08: is made where it is allowed, and nowhere else: %s %s', async (method, path, status) => {
    const response = await browser.fetch(`/auth/api/orders${path}`, { method })
    expect(response.status).toBe(status)
    expect(rig.apiRequests.map(({ url }) => url)).toEqual(status === 200 ? [`${api}/v1${path}`] : [])
  })

  it('tells the page how its APIs are called, and not where they are', async () => {
    const { apis } = await (await browser.fetch('/auth/session')).json()
    expect(apis['https://shop.example']).toBe('/auth/api/orders')
    expect(JSON.stringify(apis)).not.toContain('/v1')
  })

  it('B10: takes no cookie along, and brings none back', async () => {
    browser.cookies.set('tracking', { value: 'abc', isStrict: false })
    rig.answer = () => new Response('{}', { headers: { 'set-cookie': '__Host-concierge=planted; Path=/' } })
    const response = await browser.fetch('/auth/api/orders/orders')
    expect(rig.apiRequests[0]?.headers.get('cookie')).toBeNull()
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it.each([
    '__Host-concierge=planted; Path=/; Secure',
    '__Host-concierge-login-abc=planted; Path=/; Secure',
    ' __Host-concierge.1=planted',
    '=__Host-concierge=planted',
    '__host-concierge=planted',
  ])('B04: brings no cookie of the BFF, even where an API may set cookies: %s', async (planted) => {
    rig.answer = () => {
      const headers = new Headers({ 'set-cookie': 'theme=dark' })
      headers.append('set-cookie', planted)
      return new Response('{}', { headers })
    }
    const allowed = await browser.fetch('/auth/api/cookies')
    expect(allowed.headers.getSetCookie()).toEqual(['theme=dark'])
  })

  it.each([
    'cdn-cache-control',
    'cloudflare-cdn-cache-control',
    'vercel-cdn-cache-control',
    'netlify-cdn-cache-control',
    'surrogate-control',
    'edge-control',
  ])('B11: does not let an API tell a cache in front to keep it, by %s', async (name) => {
    rig.answer = () => new Response('{}', { headers: { [name]: 'max-age=3600' } })
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.headers.get(name), response.headers.get('cache-control')]).toEqual([null, 'no-store'])
  })

  it.each(['x-concierge-error', 'x-concierge', 'x-concierge-anything'])(
    'takes no %s from an API, whatever the status: only the BFF ends a session',
    async (name) => {
      rig.answer = () => new Response('{}', { status: 401, headers: { [name]: 'session_expired' } })
      const response = await browser.fetch('/auth/api/orders/orders')
      expect([response.status, response.headers.get(name)]).toEqual([401, null])
    },
  )

  it.each(['Basic realm="x"', 'Digest realm="x", nonce="y"', 'Bearer error="x", Basic realm="y"', 'NTLM'])(
    'does not let an API make the browser ask for a password: %s',
    async (challenge) => {
      rig.answer = () => new Response('{}', { status: 401, headers: { 'www-authenticate': challenge } })
      const response = await browser.fetch('/auth/api/orders/orders')
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, null])
    },
  )

  it('is told by a code where an API answers with a status that is none', async () => {
    rig.answer = () => Object.defineProperty(new Response('{}'), 'status', { value: 999 })
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, await response.json()]).toEqual([502, { error: 'upstream_malformed' }])
  })

  it('B09: takes along what an API must know, and nothing that says who calls', async () => {
    const sent = {
      accept: 'application/json',
      'content-type': 'text/plain',
      'idempotency-key': '7',
      'x-api-version': '3',
      authorization: 'Bearer of-the-browser',
      forwarded: 'for=1.2.3.4',
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-user': 'admin',
      x_forwarded_user: 'admin',
      'x-forwarded-uri': '/admin',
      'x-original-url': '/admin',
      'x-real-ip': '1.2.3.4',
      'x-remote-user': 'admin',
      'x-http-method-override': 'DELETE',
      'x-client-cert': 'cert',
      dpop: 'proof',
      origin: 'https://app.example',
      referer: 'https://app.example/secret-page',
    }
    await browser.fetch('/auth/api/orders/orders', { method: 'POST', body: 'x', headers: sent })
    const [seen] = rig.apiRequests
    expect(Object.fromEntries(seen?.headers ?? [])).toEqual({
      accept: 'application/json',
      'content-type': 'text/plain',
      'idempotency-key': '7',
      'x-api-version': '3',
      authorization: expect.stringMatching(/^Bearer (?!of-the-browser)/),
    })
  })

  it('B09: keeps its credential whatever the browser calls a header of the connection', async () => {
    const connection = 'authorization, x-api-version, close'
    await browser.fetch('/auth/api/orders/orders', { headers: { connection, 'x-api-version': '3' } })
    const [seen] = rig.apiRequests
    expect(seen?.headers.get('authorization')).toMatch(/^Bearer /)
    expect(seen?.headers.get('x-api-version')).toBeNull()
  })

  it('brings back nothing that would speak for this origin', async () => {
    rig.answer = () =>
      new Response('{}', {
        status: 403,
        headers: {
          'access-control-allow-origin': '*',
          'access-control-allow-credentials': 'true',
          'clear-site-data': '"*"',
          'strict-transport-security': 'max-age=0',
          'service-worker-allowed': '/',
          'alt-svc': 'h3=":443"',
          'x-accel-redirect': '/etc/passwd',
          'x-concierge-error': 'session_expired',
          server: 'inside/1.0',
          'www-authenticate': 'Bearer error="insufficient_scope", scope="orders.write"',
          'content-type': 'application/problem+json',
          etag: '"1"',
        },
      })
    const response = await browser.fetch('/auth/api/orders/orders')
    expect(response.status).toBe(403)
    expect(Object.fromEntries(response.headers)).toEqual({
      'www-authenticate': 'Bearer error="insufficient_scope", scope="orders.write"',
      'content-type': 'application/problem+json',
      etag: '"1"',
      'cache-control': 'no-store',
      vary: 'cookie',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  })

  it.each([
    [`${api}/v1/orders/7`, '/auth/api/orders/orders/7'],
    ['/v1/orders/7?x=1', '/auth/api/orders/orders/7?x=1'],
    ['orders/7', '/auth/api/orders/orders/7'],
    [`${api}/v2/orders`, null],
    ['https://internal.example/orders', null],
    [`${api}.evil.example/v1/orders`, null],
    ['//evil.example/v1', null],
  ])('gives the address %s of something new as the page can use it: %s', async (location, expected) => {
    rig.answer = () => new Response('{}', { status: 201, headers: { location } })
    const response = await browser.fetch('/auth/api/orders/orders', { method: 'POST', body: '{}' })
    expect(response.headers.get('location')).toBe(expected)
  })

  it.each([301, 302, 303, 307, 308])('N08: follows no redirect, and hands none on (%i)', async (status) => {
    rig.answer = () => new Response(null, { status, headers: { location: 'https://evil.example/' } })
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, await response.json()]).toEqual([502, { error: 'upstream_redirects' }])
    expect(response.headers.get('location')).toBeNull()
    expect(rig.apiRequests).toHaveLength(1)
  })

  it('is made once more with a new token when the API refuses the one at hand', async () => {
    let calls = 0
    rig.answer = () => ((calls += 1) === 1 ? new Response(null, invalidToken) : new Response('ok'))
    const response = await browser.fetch('/auth/api/orders/orders', { method: 'POST', body: 'small' })
    expect([response.status, await response.text()]).toEqual([200, 'ok'])
    expect(rig.apiRequests.map(({ body }) => body)).toEqual(['small', 'small'])
    const [first, second] = rig.apiRequests.map(({ headers }) => headers.get('authorization'))
    expect(first).not.toBe(second)
    expect(rig.tokenRequests).toHaveLength(2)
  })

  it('is made no third time', async () => {
    rig.answer = () => new Response(null, invalidToken)
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, rig.apiRequests.length, rig.tokenRequests.length]).toEqual([401, 2, 2])
    expect(response.headers.get('x-concierge-error')).toBeNull()
  })

  it('is not made again with a body that is long', async () => {
    rig.answer = () => new Response(null, invalidToken)
    const body = 'x'.repeat(100_000)
    const response = await browser.fetch('/auth/api/orders/orders', { method: 'POST', body })
    expect([response.status, rig.apiRequests.length]).toEqual([401, 1])
    expect(rig.apiRequests[0]?.body).toBe(body)
  })

  it('says so where somebody has read its body before', async () => {
    const headers = { cookie: browser.cookieHeader('same-origin'), 'x-concierge': '1' }
    const request = new Request('https://app.example/auth/api/orders/orders', {
      method: 'POST',
      body: 'x',
      headers,
    })
    await request.text()
    const response = await rig.bff.fetch(request)
    expect([response.status, await response.json()]).toEqual([500, { error: 'invalid_configuration' }])
    expect(rig.apiRequests).toHaveLength(0)
  })

  it('is refused where it asks for another protocol', async () => {
    const headers = { upgrade: 'websocket', connection: 'upgrade' }
    const response = await browser.fetch('/auth/api/orders/orders', { headers })
    expect([response.status, rig.apiRequests.length]).toEqual([501, 0])
  })

  it('streams', async () => {
    let push: ReadableStreamDefaultController<Uint8Array> | undefined
    rig.answer = () => new Response(new ReadableStream({ start: (controller) => void (push = controller) }))
    const response = await browser.fetch('/auth/api/orders/orders')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    push?.enqueue(new TextEncoder().encode('first'))
    expect((await reader?.read())?.value).toBe('first')
    push?.enqueue(new TextEncoder().encode('second'))
    push?.close()
    expect((await reader?.read())?.value).toBe('second')
  })

  it('is told of a session that is over, and not taken for an answer of the API', async () => {
    await rig.clock.advance(3_700)
    rig.server.faults.on('refresh.invalid_grant')
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, response.headers.get('x-concierge-error')]).toEqual([401, 'session_expired'])
    expect(await response.json()).toEqual({ error: 'session_expired' })
    const again = await browser.fetch('/auth/api/orders/orders')
    expect(again.headers.get('x-concierge-error')).toBe('login_required')
    expect(rig.apiRequests).toHaveLength(0)
  })

  it('R08: shows a session that is over once, with whose it was', async () => {
    await rig.clock.advance(3_700)
    rig.server.faults.on('refresh.invalid_grant')
    const shown = await (await browser.fetch('/auth/session')).json()
    expect(shown).toMatchObject({ status: 'expired', claims: { sub: 'ada' } })
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
  })

  it('R09: keeps the session while the authorization server is down', async () => {
    await rig.clock.advance(3_700)
    rig.server.faults.on('refresh.unavailable')
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, await response.json()]).toEqual([503, { error: 'server_unavailable' }])
    expect((await browser.fetch('/auth/api/orders/orders')).status).toBe(200)
  })

  it('R05: keeps the session after an answer that was lost before the server saw the request', async () => {
    await rig.clock.advance(3_700)
    rig.server.faults.on('refresh.answer_lost_before_commit')
    expect((await browser.fetch('/auth/api/orders/orders')).status).toBe(503)
    expect((await browser.fetch('/auth/api/orders/orders')).status).toBe(200)
    rig.server.assert.noRefreshTokenReused()
  })
})

describe('what goes wrong on the way to an API', () => {
  const canary = 'canary-secret'
  const failures = [
    [
      'cannot be reached',
      () =>
        Promise.reject(
          Object.assign(new TypeError(canary), {
            cause: { code: 'ECONNREFUSED', config: { headers: { authorization: `Bearer ${canary}` } } },
          }),
        ),
      502,
      'upstream_unreachable',
    ],
    ['throws what is no error', () => Promise.reject({ request: canary }), 502, 'upstream_unreachable'],
  ] as const

  it.each(failures)('B12: is told by a code alone: it %s', async (_, answer, status, error) => {
    rig.answer = answer
    const response = await browser.fetch('/auth/api/orders/orders')
    expect([response.status, await response.json()]).toEqual([status, { error }])
    const { authorization } = Object.fromEntries(rig.apiRequests[0]?.headers ?? [])
    const told = JSON.stringify([
      ...response.headers,
      rig.errors,
      rig.errors.map(String),
      rig.errors.map(({ stack }) => stack),
    ])
    for (const secret of [canary, authorization?.slice(7) ?? canary]) expect(told).not.toContain(secret)
  })

  it('B12: is told by a code alone: it does not answer', async () => {
    rig.answer = () => new Promise(() => undefined)
    const call = browser.fetch('/auth/api/orders/orders')
    await vi.waitFor(() => expect(rig.apiRequests).toHaveLength(1))
    await rig.clock.advance(60)
    const response = await call
    expect([response.status, await response.json()]).toEqual([504, { error: 'upstream_timed_out' }])
  })

  it('B12: shows no secret in any answer of a whole life', async () => {
    const answers: string[] = []
    const note = async (response: Response): Promise<string> => {
      const text = await response.text()
      answers.push(text, JSON.stringify([...response.headers]))
      return text
    }
    const other = rig.newBrowser()
    await note(await rig.logIn(other))
    const { logout } = JSON.parse(await note(await other.fetch('/auth/session')))
    await note(await other.fetch('/auth/api/orders/orders'))
    rig.server.faults.on('refresh.server_error_500')
    await rig.clock.advance(3_700)
    await note(await other.fetch('/auth/api/orders/orders'))
    await note(await other.submit('/auth/logout', { nonce: logout }))
    const secrets = [
      ...rig.apiRequests.map(({ headers }) => headers.get('authorization')?.slice(7)),
      ...rig.tokenRequests.flatMap((body) =>
        ['code', 'code_verifier', 'refresh_token'].map((name) => body.get(name)),
      ),
    ].filter((secret) => typeof secret === 'string')
    expect(secrets.length).toBeGreaterThan(4)
    for (const secret of secrets) expect(answers.join('\n')).not.toContain(secret)
    rig.server.assert.noSecretsInUrls()
  })
})

describe('an API that wants tokens bound to a key', () => {
  it('D01: gets a proof with each call, and another where it demands a nonce', async () => {
    const bound = createReferenceRig({ senderConstraint: dpop({ keys: createMemoryKeyStore() }) })
    const [first, second] = [bound.newBrowser(), bound.newBrowser()]
    for (const user of [first, second]) await bound.logIn(user)
    let calls = 0
    bound.answer = () =>
      (calls += 1) === 1
        ? new Response(null, {
            status: 401,
            headers: { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' },
          })
        : new Response('ok')
    const response = await first.fetch('/auth/api/orders', { method: 'POST', body: 'x' })
    expect([response.status, bound.apiRequests.length]).toEqual([200, 2])
    for (const { headers } of bound.apiRequests) {
      expect(headers.get('authorization')).toMatch(/^DPoP /)
      expect(headers.get('dpop')).toMatch(/^eyJ/)
    }
    // One key for all sessions of the BFF: the logout of one user must not take it from the others.
    const { logout } = await (await first.fetch('/auth/session')).json()
    await first.submit('/auth/logout', { nonce: logout })
    await bound.clock.advance(3_700)
    expect((await second.fetch('/auth/api/orders')).status).toBe(200)
  })
})

describe('an API with tokens of its own', () => {
  it('gets those, one refresh for each, from the one refresh token', async () => {
    const two = createReferenceRig({
      apis: {
        orders: { upstream: `${api}/orders` },
        stock: { upstream: `${api}/stock`, resource: 'https://stock.example' },
      },
    })
    const user = two.newBrowser()
    await two.logIn(user)
    await Promise.all(
      [1, 2, 3].flatMap(() => [user.fetch('/auth/api/stock'), user.fetch('/auth/api/orders')]),
    )
    const tokensOf = (path: string): Set<string | null> =>
      new Set(
        two.apiRequests
          .filter(({ url }) => url === `${api}${path}`)
          .map(({ headers }) => headers.get('authorization')),
      )
    expect([tokensOf('/orders').size, tokensOf('/stock').size]).toEqual([1, 1])
    expect(tokensOf('/orders')).not.toEqual(tokensOf('/stock'))
    expect(two.tokenRequests.map((body) => body.get('resource'))).toEqual([null, 'https://stock.example'])
  })
})
