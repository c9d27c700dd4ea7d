import { publicClient } from '@oauth-concierge/core'
import { describe, expect, it } from 'vitest'
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
