import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Browser } from './browser.ts'
import { bob, createReferenceRig, type ReferenceRig } from './reference-rig.ts'

let rig: ReferenceRig
let browser: Browser

beforeEach(async () => {
  rig = createReferenceRig()
  browser = rig.newBrowser()
  await rig.logIn(browser)
})

const origin = 'https://app.example'
const send = (path: string, init: RequestInit): Promise<Response> =>
  rig.bff.fetch(
    new Request(`${origin}${path}`, {
      ...init,
      headers: { cookie: browser.cookieHeader('same-origin'), ...(init.headers as Record<string, string>) },
    }),
  )

describe('a request that no script of the application made', () => {
  const routes = [
    ['GET', '/auth/session'],
    ['GET', '/auth/api/orders'],
    ['GET', '/auth/api/orders/any/path?with=query'],
    ['POST', '/auth/api/orders'],
    ['DELETE', '/auth/api/orders/1'],
    ['HEAD', '/auth/api/orders'],
    ['OPTIONS', '/auth/api/orders'],
    ['GET', '/auth/api/unknown'],
    ['GET', '/auth/api/'],
  ] as const
  const callers = [
    ['has no header of its own', {}],
    ['has another value in it', { 'x-concierge': 'true' }],
    ['has it twice', { 'x-concierge': '1, 1' }],
    ['comes from another site', { 'x-concierge': '1', 'sec-fetch-site': 'cross-site' }],
    ['comes from a sibling host', { 'x-concierge': '1', 'sec-fetch-site': 'same-site' }],
    ['comes from the address bar', { 'x-concierge': '1', 'sec-fetch-site': 'none' }],
    ['comes from another origin', { 'x-concierge': '1', origin: 'https://evil.example' }],
    ['comes from nowhere', { 'x-concierge': '1', origin: 'null' }],
    ['comes from a sandbox', { 'x-concierge': '1', origin: 'null', 'sec-fetch-site': 'cross-site' }],
  ] as const
  const cases = routes.flatMap(([method, path]) =>
    callers.map(([how, headers]) => ({ method, path, how, headers })),
  )

  it.each(cases)('B01: is refused: $method $path that $how', async ({ method, path, headers }) => {
    const response = await send(path, { method, headers: { ...headers } })
    expect(response.status).toBe(403)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(rig.apiRequests).toHaveLength(0)
  })

  it.each([origin, 'null'])(
    'B01: is let through where it is of the application after all, with the origin %s',
    async (origin) => {
      const headers = { 'x-concierge': '1', origin, 'sec-fetch-site': 'same-origin' }
      expect((await send('/auth/api/orders', { headers })).status).toBe(200)
    },
  )
})

describe('a login', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site' }],
    ['a frame', { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'iframe' }],
    ['a script', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a guess of the browser', { 'sec-fetch-site': 'same-origin', 'sec-purpose': 'prefetch;prerender' }],
  ])('is not started by %s', async (_, headers) => {
    const response = await send('/auth/login', { headers })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
  })

  it('L11: is not finished by a browser that only prepares for a click', async () => {
    const other = rig.newBrowser()
    const callback = await rig.visitServer(other)
    const ahead = await other.navigate(callback, {
      from: 'cross-site',
      headers: { 'sec-purpose': 'prefetch' },
    })
    expect(ahead.status).toBe(403)
    expect((await other.navigate(callback, { from: 'cross-site' })).status).toBe(303)
  })

  it('A02: is not finished in another browser than the one that started it', async () => {
    const attacker = rig.newBrowser()
    const callback = await rig.visitServer(attacker)
    const victim = rig.newBrowser()
    const response = await victim.navigate(callback, { from: 'cross-site' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('callback_state_unknown')
    expect(victim.cookies.size).toBe(0)
    const tokenRequests = rig.tokenRequests.length
    expect((await browser.navigate(callback, { from: 'cross-site' })).status).toBe(400)
    expect(rig.tokenRequests).toHaveLength(tokenRequests)
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ claims: { sub: 'ada' } })
  })

  it('A03: is finished once; the callback that comes again leads to the same place', async () => {
    const other = rig.newBrowser()
    const callback = await rig.visitServer(other)
    const tokenRequests = rig.tokenRequests.length
    const answers = await Promise.all([
      other.navigate(callback, { from: 'cross-site' }),
      other.navigate(callback, { from: 'cross-site' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(answers.map(({ headers }) => headers.get('location'))).toEqual(['/orders', '/orders'])
    expect(rig.tokenRequests).toHaveLength(tokenRequests + 1)
    expect(await (await other.fetch('/auth/session')).json()).toMatchObject({ status: 'authenticated' })
  })

  it('A03: that is over is finished no second time, and the session lives on', async () => {
    const other = rig.newBrowser()
    const callback = await rig.visitServer(other)
    await other.navigate(callback, { from: 'cross-site' })
    const tokenRequests = rig.tokenRequests.length
    expect((await other.navigate(callback, { from: 'cross-site' })).status).toBe(400)
    expect(rig.tokenRequests).toHaveLength(tokenRequests)
    expect(await (await other.fetch('/auth/session')).json()).toMatchObject({ status: 'authenticated' })
  })

  const logins = (who: Browser): readonly string[] =>
    [...who.cookies.keys()].filter((name) => name.includes('-login-'))

  it('B06: leaves no cookie behind, and takes none from another login under way', async () => {
    const other = rig.newBrowser()
    const [first, second] = [await rig.visitServer(other), await rig.visitServer(other)]
    expect(logins(other)).toHaveLength(2)
    await other.navigate(first, { from: 'cross-site' })
    expect(logins(other)).toHaveLength(1)
    expect((await other.navigate(second, { from: 'cross-site' })).status).toBe(303)
    expect(logins(other)).toEqual([])
  })

  it.each([
    ['on a page of the BFF', {}],
    ['on a page of the application', { failedLoginPath: '/sorry' }],
  ])('B06: leaves no cookie behind where it failed, and that is told %s', async (_, options) => {
    const rig = createReferenceRig(options)
    const other = rig.newBrowser()
    const callback = new URL(await rig.visitServer(other), origin)
    callback.searchParams.delete('code')
    callback.searchParams.set('error', 'access_denied')
    await other.navigate(`${callback.pathname}${callback.search}`, { from: 'cross-site' })
    expect(logins(other)).toEqual([])
  })

  it('A10: that failed is told in words of our own', async () => {
    const other = rig.newBrowser()
    const callback = new URL(await rig.visitServer(other, undefined, { consent: 'allow' }), origin)
    callback.searchParams.delete('code')
    callback.searchParams.set('error', 'access_denied')
    callback.searchParams.set('error_description', '<img src=x onerror=alert(1)>')
    const response = await other.navigate(`${callback.pathname}${callback.search}`, { from: 'cross-site' })
    const html = await response.text()
    expect([response.status, html.includes('onerror')]).toEqual([403, false])
    expect(html).toContain('access_denied')
    expect(html).toContain('/auth/login?return_to=%2Forders')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('A12: that is given up again and again leaves few cookies behind', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) await browser.navigate('/auth/login')
    expect([...browser.cookies.keys()].filter((name) => name.includes('-login-'))).toHaveLength(5)
    expect(browser.cookieHeader('same-origin').length).toBeLessThan(1_000)
  })

  it('B04: gives the session another name, and the old one is dead', async () => {
    const before = browser.cookieHeader('same-origin')
    await rig.logIn(browser)
    const named = (header: string): string | undefined => /__Host-concierge=([^;]+)/.exec(header)?.[1]
    expect(named(browser.cookieHeader('same-origin'))).not.toBe(named(before))
    const old = {
      cookie: before
        .split('; ')
        .filter((pair) => pair.startsWith('__Host-concierge='))
        .join('; '),
    }
    const response = await send('/auth/api/orders', { headers: { ...old, 'x-concierge': '1' } })
    expect(response.status).toBe(401)
  })

  it('B04: does not take up a session name that somebody else has chosen', async () => {
    const victim = rig.newBrowser()
    const planted = 'A'.repeat(43)
    victim.cookies.set('__Host-concierge', { value: planted, isStrict: false })
    await rig.logIn(victim)
    expect(victim.cookies.get('__Host-concierge')?.value).not.toBe(planted)
  })

  it('B05: that another user finishes is refused, and leaves the session as it was', async () => {
    const callback = await rig.visitServer(browser, '/auth/login', bob)
    const response = await browser.navigate(callback, { from: 'cross-site' })
    expect([response.status, (await response.text()).includes('session_changed')]).toEqual([403, true])
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ claims: { sub: 'ada' } })
    // What it brought was given back.
    const { events } = rig.server.ledger
    await vi.waitFor(() =>
      expect(events.some(({ type }) => type === 'token_revoked' || type === 'family_revoked')).toBe(true),
    )
  })

  it('B05: that was started anonymously does not end in the session of another user', async () => {
    const other = rig.newBrowser()
    const callback = await rig.visitServer(other, '/auth/login', bob)
    await rig.logIn(other)
    const response = await other.navigate(callback, { from: 'same-origin' })
    expect(response.status).toBe(403)
    expect(await (await other.fetch('/auth/session')).json()).toMatchObject({ claims: { sub: 'ada' } })
  })
})

describe('a logout', () => {
  const nonceOf = async (): Promise<string> => (await (await browser.fetch('/auth/session')).json()).logout

  it('B16: takes the nonce of the session', async () => {
    for (const nonce of ['', 'x'.repeat(32), `${await nonceOf()}x`]) {
      expect((await browser.submit('/auth/logout', { nonce })).status).toBe(403)
    }
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'authenticated' })
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a sibling host', { 'sec-fetch-site': 'same-site', origin: 'https://evil.app.example' }],
    ['a frame in a sandbox', { 'sec-fetch-site': 'cross-site', origin: 'null' }],
  ])('B16: is not made from %s, even with the nonce', async (_, headers) => {
    const response = await browser.submit('/auth/logout', { nonce: await nonceOf() }, headers)
    expect(response.status).toBe(403)
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'authenticated' })
  })

  it('is made by a page that sends no referrers, which hides its origin from itself', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', origin: 'null' }
    const response = await browser.submit('/auth/logout', { nonce: await nonceOf() }, headers)
    expect(response.status).toBe(200)
  })

  it('B16: is not made by a link, or ahead of time', async () => {
    expect((await browser.navigate('/auth/logout')).status).toBe(405)
  })

  it.each(['', '?state=other', '?state='])(
    'B16: that comes back with "%s" leads to the root',
    async (query) => {
      await browser.submit('/auth/logout', { nonce: await nonceOf(), return_to: '/bye' })
      const back = await browser.navigate(`/auth/logged-out${query}`, { from: 'cross-site' })
      expect(back.headers.get('location')).toBe('/')
    },
  )

  it('R13: has the last word over a refresh that is under way', async () => {
    const nonce = await nonceOf()
    await rig.clock.advance(3_700)
    rig.server.faults.on('refresh.answer_held')
    const call = browser.fetch('/auth/api/orders')
    await vi.waitFor(() => expect(rig.tokenRequests).toHaveLength(2))
    await browser.submit('/auth/logout', { nonce })
    rig.server.faults.off('refresh.answer_held')
    expect((await call).status).toBe(401)
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
    expect(rig.apiRequests).toHaveLength(0)
  })
})
