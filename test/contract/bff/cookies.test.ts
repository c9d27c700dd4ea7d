import { encryptedCookie, memory } from '@oauth-concierge/bff'
import { type Clock, completeRuntime, type Http } from '@oauth-concierge/core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'

const systemClock = completeRuntime().clock
const keys = [`${'k'.repeat(42)}A`]
const stores = [
  { kind: 'memory', open: (clock: Clock) => memory({ runtime: { clock } }) },
  { kind: 'encrypted cookies', open: (clock: Clock) => encryptedCookie({ keys, runtime: { clock } }) },
]

describe.each(stores)('the cookies of a BFF with sessions in $kind', ({ open }) => {
  let rig: ReferenceRig
  let browser: Browser

  beforeEach(async () => {
    rig = createReferenceRig({ sessions: open(systemClock) })
    browser = rig.newBrowser()
    await rig.logIn(browser)
  })

  const sessionStatus = async (cookie: string): Promise<string> => {
    const headers = { cookie, 'x-concierge': '1' }
    const response = await rig.bff.fetch(new Request('https://app.example/auth/session', { headers }))
    return (await response.json()).status
  }

  it('B02: are of this host alone, secure, and out of the reach of scripts', () => {
    expect(browser.setCookies.length).toBeGreaterThan(1)
    for (const line of browser.setCookies) {
      const [pair = '', ...attributes] = line.split('; ')
      expect(pair).toMatch(/^__Host-concierge(-login-[\w-]+)?(\.\d)?=/)
      expect(attributes).toEqual(expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure']))
      expect(line).not.toMatch(/domain/i)
      const isSession = /^__Host-concierge(\.\d)?=/.test(pair)
      expect(attributes).toContain(isSession ? 'SameSite=Strict' : 'SameSite=Lax')
      expect(new TextEncoder().encode(pair).length).toBeLessThan(4_096)
    }
  })

  it('B03: are taken by their name to the last byte', async () => {
    const cookie = `other=1; ${browser.cookieHeader('same-origin')}`
    expect(await sessionStatus(cookie)).toBe('authenticated')
    for (const change of [
      (header: string) => header.replaceAll('__Host-', '\u00a0__Host-'),
      (header: string) => header.replaceAll('__Host-', ' __Host-'),
      (header: string) => header.replaceAll('__Host-', '__host-'),
      (header: string) => header.replaceAll('__Host-', ''),
      (header: string) => header.replaceAll('concierge=', 'concierge ='),
      (header: string) => header.replaceAll('concierge=', 'concierge="'),
    ]) {
      expect(await sessionStatus(change(cookie))).toBe('anonymous')
    }
  })

  it('B03: are refused where one comes twice, whichever is first', async () => {
    const cookie = browser.cookieHeader('same-origin')
    const twin = '__Host-concierge=planted'
    expect(await sessionStatus(`${twin}; ${cookie}`)).toBe('anonymous')
    expect(await sessionStatus(`${cookie}; ${twin}`)).toBe('anonymous')
    expect(await sessionStatus(`${cookie}; ${cookie}`)).toBe('anonymous')
    expect(await sessionStatus(`other=1; ${cookie}; more=2`)).toBe('authenticated')
  })

  it('B06: of a login under way make no session', async () => {
    const other = rig.newBrowser()
    await rig.visitServer(other)
    const [login] = [...other.cookies.values()].map(({ value }) => value)
    expect(await sessionStatus(`__Host-concierge=${login}`)).toBe('anonymous')
  })

  it('B06: of a session make no login', async () => {
    const other = rig.newBrowser()
    const callback = await rig.visitServer(other)
    const session = browser.cookies.get('__Host-concierge')
    for (const name of other.cookies.keys()) if (session) other.cookies.set(name, session)
    expect((await other.navigate(callback, { from: 'cross-site' })).status).toBe(400)
  })

  it('B11: come with answers that no cache may keep, and so does whatever depends on them', async () => {
    const { logout } = await (await browser.fetch('/auth/session')).json()
    rig.answer = () =>
      new Response('{}', {
        headers: {
          'cache-control': 'public, max-age=3600',
          expires: 'Fri, 01 Jan 2100 00:00:00 GMT',
          vary: 'accept',
        },
      })
    const answers = [
      await browser.fetch('/auth/api/orders'),
      await browser.fetch('/auth/session'),
      await rig.newBrowser().fetch('/auth/session'),
      await rig.newBrowser().fetch('/auth/api/orders'),
      await browser.navigate('/auth/login'),
      await browser.navigate('/auth/callback?state=x', { from: 'cross-site' }),
      await browser.submit('/auth/logout', { nonce: logout }),
    ]
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('vary')).toMatch(/^cookie\b/)
      expect(headers.get('expires')).toBeNull()
    }
  })

  it('B13: end when nobody used the session for long', async () => {
    const cookie = browser.cookieHeader('same-origin')
    await rig.clock.advance(8 * 3_600 - 10)
    expect(await sessionStatus(cookie)).toBe('authenticated')
    await rig.clock.advance(8 * 3_600 + 10)
    expect(await sessionStatus(browser.cookieHeader('same-origin'))).toBe('anonymous')
  })

  it('B13: live on while the session is used, and end at last whatever happens', async () => {
    const expiries = new Set<number>()
    for (let hour = 0; hour < 23; hour += 1) {
      await rig.clock.advance(3_600)
      const shown = await (await browser.fetch('/auth/session')).json()
      expect(shown.status).toBe('authenticated')
      expiries.add(shown.expiresAt)
    }
    expect(expiries.size).toBeGreaterThan(10)
    await rig.clock.advance(3_601)
    expect((await (await browser.fetch('/auth/session')).json()).status).toBe('anonymous')
  })

  it('B13: end with the refresh token, where the server says when that is, and live on with the next', async () => {
    let lifetime = 1_800
    const { server, clock } = rig
    const http: Http = async (url, init) => {
      const answer = await server.fetch(new Request(url, init))
      if (!url.endsWith('/token')) return answer
      return Response.json({ ...(await answer.json()), expires_in: 300, refresh_expires_in: lifetime })
    }
    const telling = rig.restart({ sessions: open(clock), runtime: { clock, http } })
    const user = telling.newBrowser()
    await telling.logIn(user)
    const shown = async (): Promise<{ status: string; expiresAt: number }> =>
      (await user.fetch('/auth/session')).json()
    expect((await shown()).expiresAt - clock.wallTime() / 1000).toBeCloseTo(1_800, -1)
    for (let minutes = 0; minutes < 90; minutes += 25) {
      await clock.advance(25 * 60)
      expect((await shown()).status).toBe('authenticated')
    }
    lifetime = 600
    await clock.advance(20 * 60)
    expect((await shown()).status).toBe('authenticated')
    expect((await shown()).expiresAt - clock.wallTime() / 1000).toBeCloseTo(600, -1)
    await clock.advance(601)
    expect((await shown()).status).toBe('anonymous')
  })

  it('B13: are worth nothing after the logout, wherever they were copied to', async () => {
    const { logout } = await (await browser.fetch('/auth/session')).json()
    const copied = browser.cookieHeader('same-origin')
    await browser.submit('/auth/logout', { nonce: logout })
    expect(browser.cookieHeader('same-origin')).not.toContain('__Host-concierge=')
    expect(await sessionStatus(copied)).toBe('anonymous')
  })

  it('are of the form of a session or of none: whatever else is in them is no error', async () => {
    for (const value of ['', '.', '2.', '9.x', '2.x', 'AAAA', 'A'.repeat(43), 'A'.repeat(9_000), '%00'])
      expect(await sessionStatus(`__Host-concierge=${value}`)).toBe('anonymous')
  })
})

describe('the end of a session by what the server says of its refresh token', () => {
  it.each([
    [{ refresh_token_expires_in: 600 }, 600],
    [{ refresh_expires_in: 0 }, 28_800],
    [{ refresh_expires_in: -1 }, 28_800],
    [{ refresh_expires_in: '600' }, 28_800],
    [{ refresh_expires_in: 1e300 }, 28_800],
    [{}, 28_800],
  ])('B13: is taken from %o in seconds: %i', async (said, seconds) => {
    const { server, clock, restart } = createReferenceRig()
    const http: Http = async (url, init) => {
      const answer = await server.fetch(new Request(url, init))
      return url.endsWith('/token') ? Response.json({ ...(await answer.json()), ...said }) : answer
    }
    const telling = restart({ runtime: { clock, http } })
    const user = telling.newBrowser()
    await telling.logIn(user)
    const { expiresAt } = await (await user.fetch('/auth/session')).json()
    expect(expiresAt - clock.wallTime() / 1000).toBeCloseTo(seconds, -1)
  })
})

describe('a session in encrypted cookies', () => {
  it('is written to the browser anew with each renewal, also with one that goes on beside the old token', async () => {
    const rig = createReferenceRig({ sessions: encryptedCookie({ keys }) })
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    const before = browser.cookies.get('__Host-concierge')?.value
    await rig.clock.advance(3_580)
    expect((await browser.fetch('/auth/api/orders')).status).toBe(200)
    expect(rig.tokenRequests).toHaveLength(2)
    expect(browser.cookies.get('__Host-concierge')?.value).not.toBe(before)
    // A new process knows nothing but what the browser brings.
    const restarted = rig.restart({ sessions: encryptedCookie({ keys }) })
    await rig.clock.advance(3_700)
    const headers = { cookie: browser.cookieHeader('same-origin'), 'x-concierge': '1' }
    const response = await restarted.bff.fetch(
      new Request('https://app.example/auth/api/orders', { headers }),
    )
    expect(response.status).toBe(200)
    rig.server.assert.noRefreshTokenReused()
  })

  it('is sent in parts where it is long, and parts that are left over are removed', async () => {
    const claims = JSON.stringify({ id_token: { picture: null } })
    const long = { sub: 'ada', picture: 'p'.repeat(1_500) }
    const rig = createReferenceRig(
      { sessions: encryptedCookie({ keys }), login: { extraParameters: { claims } } },
      { users: [{ username: 'ada', password: 'correct horse battery staple', claims: long }] },
    )
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    const parts = [...browser.cookies.keys()].filter((name) => name.startsWith('__Host-concierge.'))
    expect(parts.length).toBeGreaterThan(0)
    expect((await (await browser.fetch('/auth/session')).json()).claims.picture).toHaveLength(1_500)
    const [first = ''] = parts
    const without = browser.cookieHeader('same-origin').replace(new RegExp(`${first}=[^;]+(; )?`), '')
    const headers = { cookie: without, 'x-concierge': '1' }
    const response = await rig.bff.fetch(new Request('https://app.example/auth/session', { headers }))
    expect(await response.json()).toMatchObject({ status: 'anonymous' })
    const { logout } = await (await browser.fetch('/auth/session')).json()
    await browser.submit('/auth/logout', { nonce: logout })
    expect([...browser.cookies.keys()].filter((name) => /^__Host-concierge(\.|$)/.test(name))).toEqual([])
  })
})

describe('on plain http', () => {
  it('a loopback origin relaxes cookies, and says so', async () => {
    const warnings: string[] = []
    const rig = createReferenceRig({ origin: 'http://localhost:3000', warn: (text) => warnings.push(text) })
    expect(warnings.join()).toMatch(/__Host-.*Secure/)
    const response = await rig.bff.fetch(new Request('http://localhost:3000/auth/login'))
    expect(response.headers.get('set-cookie')).toMatch(
      /^concierge-login-[\w-]+=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=900$/,
    )
  })

  it.each([
    ['http://app.example', 'insecure_url'],
    ['http://localhost:3000', 'invalid_configuration'],
    ['https://app.example/', 'invalid_configuration'],
    ['app.example', 'invalid_configuration'],
  ])('the origin %s is refused without a word from the developer', (origin, code) => {
    expect(() => createReferenceRig({ origin })).toThrowError(expect.objectContaining({ code }))
  })
})
