import { memory, type SessionStore } from '@oauth-concierge/bff'
import { publicClient } from '@oauth-concierge/core'
import { describe, expect, it, vi } from 'vitest'
import { contractBff } from '../servers/contract-server.ts'
import { createReferenceRig } from './reference-rig.ts'

describe('a BFF that is told so', () => {
  it('answers 401 where nobody is logged in, with the same body', async () => {
    const rig = createReferenceRig({ anonymousStatus: 401 })
    const response = await rig.newBrowser().fetch('/auth/session')
    expect([response.status, (await response.json()).status]).toEqual([401, 'anonymous'])
  })

  it('shows a login that failed on a page of the application', async () => {
    const rig = createReferenceRig({ failedLoginPath: '/sorry' })
    const response = await rig.newBrowser().navigate('/auth/callback?state=x&code=y', { from: 'cross-site' })
    expect(response.headers.get('location')).toBe('/sorry?error=callback_state_unknown')
  })

  it('keeps what the address of that page says already', async () => {
    const rig = createReferenceRig({ failedLoginPath: '/sorry?from=login#top' })
    const response = await rig.newBrowser().navigate('/auth/callback?state=x&code=y', { from: 'cross-site' })
    expect(response.headers.get('location')).toBe('/sorry?from=login&error=callback_state_unknown#top')
  })

  it.each([
    ['https://shop.example/', 'https://shop.example'],
    ['https://SHOP.example:443/v1/', 'https://shop.example/v1'],
    ['https://shop.example/v1', 'https://shop.example/v1'],
  ])('announces the API called %s as %s', async (publicUrl, announced) => {
    const rig = createReferenceRig({ apis: { orders: { upstream: 'https://api.example', publicUrl } } })
    const { apis } = await (await rig.newBrowser().fetch('/auth/session')).json()
    expect(apis).toEqual({ [announced]: '/auth/api/orders' })
  })

  it('tells the user on a page, and not in JSON, where a login cannot begin', async () => {
    const rig = createReferenceRig()
    const broken = rig.restart({
      runtime: { clock: rig.clock, http: async () => Promise.reject(new TypeError('no way')) },
    })
    const response = await broken.newBrowser().navigate('/auth/login?return_to=/orders')
    const html = await response.text()
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
    expect(html).toContain('cannot be reached')
    expect(html).toContain('/auth/login?return_to=%2Forders')
    expect(broken.errors).toHaveLength(1)
  })

  it('is served below another path, under another cookie name', async () => {
    const rig = createReferenceRig({ base: '/bff/v1', cookies: { name: 'shop', sameSite: 'lax' } })
    const browser = rig.newBrowser()
    expect(rig.bff.serves('/auth/login')).toBe(false)
    const started = await browser.navigate('/bff/v1/login')
    const redirectUri = new URL(started.headers.get('location') ?? '').searchParams.get('redirect_uri')
    expect(redirectUri).toBe(`${contractBff.origin}/bff/v1/callback`)
    expect(browser.setCookies[0]).toMatch(/^__Host-shop-login-/)
  })

  it('passes on what a login may ask, and nothing else', async () => {
    const rig = createReferenceRig({ login: { extraParameters: { audience: 'orders' } } })
    const asked = new URLSearchParams({
      prompt: 'login',
      login_hint: 'ada',
      ui_locales: 'de en',
      acr_values: 'mfa',
      max_age: '60',
      redirect_uri: 'https://evil.example',
      scope: 'admin',
      audience: 'other',
      state: 'mine',
    })
    const response = await rig.newBrowser().navigate(`/auth/login?${asked}`)
    const sent = new URL(response.headers.get('location') ?? '').searchParams
    expect(Object.fromEntries(sent)).toMatchObject({
      prompt: 'login',
      login_hint: 'ada',
      ui_locales: 'de en',
      acr_values: 'mfa',
      max_age: '60',
      audience: 'orders',
      redirect_uri: contractBff.redirectUri,
    })
    expect([sent.get('state'), sent.get('scope')]).not.toEqual(expect.arrayContaining(['mine', 'admin']))
  })

  it.each(['max_age=soon', 'max_age=-1', 'prompt=a&prompt=b', `login_hint=${'x'.repeat(9_000)}`])(
    'starts no login with %s',
    async (query) => {
      const response = await createReferenceRig()
        .newBrowser()
        .navigate(`/auth/login?${query.slice(0, 8_100)}`)
      expect(response.status).toBe(400)
    },
  )

  it('tells a page that is rendered on the server who is logged in, whatever other headers it came with', async () => {
    const rig = createReferenceRig()
    const browser = rig.newBrowser()
    const request = () =>
      new Request('https://app.example/', { headers: { cookie: browser.cookieHeader('same-origin') } })
    expect(await rig.bff.getSession(request())).toEqual({ status: 'anonymous' })
    await rig.logIn(browser)
    expect(await rig.bff.getSession(request())).toMatchObject({
      status: 'authenticated',
      claims: { sub: 'ada' },
    })
  })

  it('knows one refresh for a thousand calls at once', async () => {
    const rig = createReferenceRig()
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    await rig.clock.advance(3_700)
    const calls = await Promise.all(Array.from({ length: 1_000 }, () => browser.fetch('/auth/api/orders')))
    expect(calls.every(({ status }) => status === 200)).toBe(true)
    expect(rig.tokenRequests).toHaveLength(2)
  })

  it('reads a session once for all the calls that come together after a restart', async () => {
    const store = memory()
    const rig = createReferenceRig({ sessions: store })
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    const calls = 20
    const reads: string[] = []
    let looks = 0
    const slow: SessionStore = {
      ...store,
      look: (key) => {
        looks += 1
        return store.look(key)
      },
      read: async (key) => {
        reads.push(key)
        await vi.waitFor(() => expect(looks).toBe(calls))
        return store.read(key)
      },
    }
    const restarted = rig.restart({ sessions: slow })
    const request = () =>
      new Request('https://app.example/', { headers: { cookie: browser.cookieHeader('same-origin') } })
    const seen = await Promise.all(Array.from({ length: calls }, () => restarted.bff.getSession(request())))
    expect(seen.map(({ status }) => status)).toEqual(Array.from({ length: calls }, () => 'authenticated'))
    expect(reads).toHaveLength(1)
  })

  it('asks for the metadata and keys of its server once, for any number of sessions', async () => {
    const asked: string[] = []
    const rig = createReferenceRig()
    const { requests } = rig.server.ledger
    for (let user = 0; user < 5; user += 1) await rig.logIn(rig.newBrowser())
    for (const { endpoint } of requests) asked.push(endpoint)
    expect(asked.filter((endpoint) => endpoint === 'jwks')).toHaveLength(1)
    expect(requests.filter(({ path }) => path.includes('openid-configuration'))).toHaveLength(1)
  })
})

describe('a BFF is not made', () => {
  it.each([
    ['without a way to prove itself', { clientAuthentication: undefined }],
    ['below a path that is none', { base: 'auth' }],
    ['below a path with a slash at its end', { base: '/auth/' }],
    ['with a cookie name that ends the cookie', { cookies: { name: 'a;b' } }],
    ['with an API that is no URL', { apis: { orders: { upstream: 'api' } } }],
    ['with an API of a strange name', { apis: { '../x': { upstream: 'https://api.example' } } }],
    [
      'with an API that may be traced',
      { apis: { a: { upstream: 'https://api.example', methods: ['TRACE'] } } },
    ],
    [
      'with a path that is no pattern',
      { apis: { a: { upstream: 'https://api.example', paths: ['orders'] } } },
    ],
    ['with a scope for no resource', { apis: { a: { upstream: 'https://api.example', scope: 'x' } } }],
    [
      'with a header that names the caller',
      { apis: { a: { upstream: 'https://api.example', requestHeaders: ['x-forwarded-user'] } } },
    ],
    [
      'with a public address that is none',
      { apis: { a: { upstream: 'https://a.example', publicUrl: '/a' } } },
    ],
    [
      'with a public address that has a query',
      { apis: { a: { upstream: 'https://a.example', publicUrl: 'https://b.example/?x' } } },
    ],
    [
      'with two APIs of one public address',
      {
        apis: {
          a: { upstream: 'https://a.example', publicUrl: 'https://c.example/' },
          b: { upstream: 'https://b.example', publicUrl: 'https://c.example' },
        },
      },
    ],
    ['with a page for failed logins elsewhere', { failedLoginPath: 'https://evil.example/' }],
    ['with sessions that end before they begin', { lifetimes: { rolling: 0 } }],
    ['with sessions without an end', { lifetimes: { absolute: Number.NaN } }],
    [
      'with the browser’s cookies for an API',
      { apis: { a: { upstream: 'https://api.example', requestHeaders: ['cookie'] } } },
    ],
  ])('%s', (_, options) => {
    expect(() => createReferenceRig(options as object)).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('with an API over plain http, unless somebody says so', () => {
    const upstream = 'http://orders.internal'
    expect(() => createReferenceRig({ apis: { a: { upstream } } })).toThrowError(
      expect.objectContaining({ code: 'insecure_url' }),
    )
    createReferenceRig({ apis: { a: { upstream, unsafePlainHttp: true } } })
  })

  it('as a public client by mistake, but on purpose it is', () => {
    expect(createReferenceRig({ clientAuthentication: publicClient() }).bff).toBeDefined()
  })
})
