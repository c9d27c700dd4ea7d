import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { deviceCodeGrantType as grantType } from '../grant-types.ts'
import {
  authorizationUrl,
  createServer,
  createTestBrowser,
  issuer,
  type JsonAnswer,
  post,
  publicClient,
  type TestPage,
} from '../test-support.ts'

const television = {
  clientId: 'tv',
  clientName: 'Television <1>',
  grantTypes: [grantType, 'refresh_token'],
}
const users = ['ada', 'grace'].map((username) => ({ username, password: 'password' }))

const prepare = (options: Parameters<typeof createServer>[0] = {}): ReferenceServer =>
  createServer({ clients: [publicClient, television], users, ...options })

const start = async (server: ReferenceServer, scope = 'openid profile') =>
  (await post(server, '/device-authorization', { client_id: 'tv', scope })).body as Record<string, string>

const poll = (server: ReferenceServer, deviceCode: string | undefined, form = {}) =>
  post(server, '/token', { grant_type: grantType, client_id: 'tv', device_code: deviceCode, ...form })

const errorOf = ({ status, body }: JsonAnswer) => [status, body['error']]

describe('the device authorization endpoint', () => {
  test('gives the codes and where to enter them', async () => {
    const { status, headers, body } = await post(prepare(), '/device-authorization', { client_id: 'tv' })
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${issuer}/device`,
      verification_uri_complete: `${issuer}/device?user_code=${body['user_code']}`,
      expires_in: 600,
      interval: 5,
    })
  })

  test('follows its settings', async () => {
    const { body } = await post(
      prepare({ pollingInterval: 1, lifetimes: { deviceCode: 60 } }),
      '/device-authorization',
      { client_id: 'tv' },
    )
    expect(body).toMatchObject({ expires_in: 60, interval: 1 })
  })

  test('has no interval of nothing', () => {
    expect(() => prepare({ pollingInterval: 0 })).toThrow('pollingInterval must be a positive number')
  })

  test('refuses unknown clients, unregistered ones, and unknown scopes', async () => {
    const server = prepare()
    const ask = (form: Record<string, string>) => post(server, '/device-authorization', form)
    expect(errorOf(await ask({ client_id: 'stranger' }))).toEqual([401, 'invalid_client'])
    expect(errorOf(await ask({ client_id: 'spa' }))).toEqual([400, 'unauthorized_client'])
    expect(errorOf(await ask({ client_id: 'tv', scope: 'x' }))).toEqual([400, 'invalid_scope'])
  })
})

describe('a poll', () => {
  test('waits, and then gives tokens once', async () => {
    const server = prepare()
    const { device_code: code, user_code: userCode = '' } = await start(server)
    expect(errorOf(await poll(server, code))).toEqual([400, 'authorization_pending'])
    server.approveDevice({ userCode: userCode.toLowerCase().replace('-', ' ') })
    const { status, body } = await poll(server, code)
    expect(status).toBe(200)
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject({
      sub: 'ada',
      aud: 'tv',
      auth_time: 1_800_000_000,
    })
    expect(body).toMatchObject({ scope: 'openid profile', refresh_token: expect.any(String) })
    expect(errorOf(await poll(server, code))).toEqual([400, 'invalid_grant'])
  })

  test('that comes too soon slows the device down, by five seconds each time', async () => {
    const server = prepare()
    const { device_code: code } = await start(server)
    const pollAfter = async (seconds: number) => {
      server.clock.advance(seconds)
      return (await poll(server, code)).body['error']
    }
    expect(await pollAfter(0)).toBe('authorization_pending')
    expect(await pollAfter(5)).toBe('authorization_pending')
    expect(await pollAfter(4)).toBe('slow_down')
    expect(await pollAfter(9)).toBe('slow_down')
    expect(await pollAfter(14)).toBe('slow_down')
    expect(await pollAfter(20)).toBe('authorization_pending')
  })

  test('hears that the user refused, and that the code has expired', async () => {
    const server = prepare()
    const refused = await start(server)
    server.approveDevice({ userCode: refused['user_code'] ?? '', decision: 'deny' })
    expect(errorOf(await poll(server, refused['device_code']))).toEqual([400, 'access_denied'])
    const late = await start(server)
    server.clock.advance(600)
    expect(errorOf(await poll(server, late['device_code']))).toEqual([400, 'expired_token'])
    expect(() => server.approveDevice({ userCode: late['user_code'] ?? '' })).toThrow('no device is waiting')
  })

  test('is refused without a code, with an unknown one, and to another client', async () => {
    const other = { ...television, clientId: 'radio' }
    const server = prepare({ clients: [television, other] })
    const { device_code: code } = await start(server)
    expect(errorOf(await poll(server, undefined))).toEqual([400, 'invalid_request'])
    expect(errorOf(await poll(server, 'unknown'))).toEqual([400, 'invalid_grant'])
    expect(errorOf(await poll(server, code, { client_id: 'radio' }))).toEqual([400, 'invalid_grant'])
  })

  test('gives the tokens of the user who decided', async () => {
    const server = prepare()
    const { device_code: code, user_code: userCode = '' } = await start(server)
    expect(() => server.approveDevice({ userCode, username: 'nobody' })).toThrow('nobody')
    server.approveDevice({ userCode, username: 'grace' })
    expect(decodeJwt((await poll(server, code)).body['access_token'] ?? '')['sub']).toBe('grace')
  })
})

describe('the device pages', () => {
  const login = { username: 'ada', password: 'password' }

  async function atConfirmation(link: 'verification_uri' | 'verification_uri_complete' = 'verification_uri') {
    const server = prepare()
    const device = await start(server)
    const browser = createTestBrowser(server)
    const entry = await browser.visit(device[link] ?? '')
    const page = await browser.submit(entry, { user_code: device['user_code']?.toLowerCase() ?? '' })
    return { server, device, browser, page: await browser.submit(page, login), loginPage: page }
  }

  test('lead by code, login and confirmation to the tokens', async () => {
    const { server, device, browser, page, loginPage } = await atConfirmation()
    expect(loginPage.text).toContain('to continue to Television &lt;1&gt;')
    expect(page.text).toContain('Connect Television &lt;1&gt;?')
    expect(page.text).toContain(device['user_code'])
    expect(page.text).toContain('You are signed in as ada')
    expect(page.text).toContain('See your name and profile')
    expect(errorOf(await poll(server, device['device_code']))).toEqual([400, 'authorization_pending'])
    const done = await browser.submit(page, { decision: 'allow' })
    expect(done.text).toContain('Device connected')
    const { body } = await poll(server, device['device_code'])
    expect(decodeJwt(body['id_token'] ?? '')['sub']).toBe('ada')
    const silent = await browser.visit(await authorizationUrl({ prompt: 'none' }))
    expect(silent.url.searchParams.get('error')).toBe('consent_required')
  })

  test('forbid script and framing', async () => {
    const { page } = await atConfirmation()
    const policy = page.response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`default-src 'none'`)
    expect(policy).not.toContain('script-src')
    expect(policy).toContain(`frame-ancestors 'none'`)
    expect(page.text).not.toContain('<script')
  })

  test('take a no', async () => {
    const { server, device, browser, page } = await atConfirmation()
    expect((await browser.submit(page, { decision: 'deny' })).text).toContain('Device refused')
    expect(errorOf(await poll(server, device['device_code']))).toEqual([400, 'access_denied'])
  })

  test('fill in the code of a complete link, and still ask', async () => {
    const server = prepare()
    const { verification_uri_complete: link = '', user_code: userCode = '' } = await start(server)
    const browser = createTestBrowser(server)
    const page = await browser.visit(link)
    expect(page.text).toContain(`value="${userCode}"`)
    expect((await browser.visit(`${issuer}/device?user_code=%22%3E%3Cscript%3E`)).text).toContain(
      'value="&quot;&gt;&lt;script&gt;"',
    )
  })

  test('skip the login of a user who is logged in', async () => {
    const { server, browser } = await atConfirmation()
    const { verification_uri: uri = '', user_code: userCode = '' } = await start(server)
    const page = await browser.submit(await browser.visit(uri), { user_code: userCode })
    expect(page.url.pathname).toBe('/device/confirm')
  })

  test('say so when no device is waiting, and when the password is wrong', async () => {
    const { server, browser } = await atConfirmation()
    const wrong = await browser.submit(await browser.visit(`${issuer}/device`), { user_code: 'XXXX-XXXX' })
    expect(wrong.response.status).toBe(400)
    expect(wrong.text).toContain('No device is waiting with this code.')
    expect(wrong.text).toContain('aria-describedby="hint fault"')
    const stranger = createTestBrowser(server)
    const { user_code: userCode = '' } = await start(server)
    const loginPage = await stranger.submit(await stranger.visit(`${issuer}/device`), { user_code: userCode })
    const failed = await stranger.submit(loginPage, { ...login, password: 'wrong' })
    expect([failed.response.status, failed.url.pathname]).toEqual([400, '/device/login'])
  })

  test('start again when the device has given up', async () => {
    const { server, browser, page, loginPage } = await atConfirmation()
    server.clock.advance(600)
    for (const old of [page, loginPage]) {
      expect((await browser.submit(old, { ...login, decision: 'allow' })).url.pathname).toBe('/device')
    }
  })

  test('refuse a forged form and another browser', async () => {
    const { server, device, browser, page } = await atConfirmation()
    const forged = await browser.submit(page, { decision: 'allow', form_token: 'guessed' })
    expect(forged.response.status).toBe(403)
    const elsewhere = await createTestBrowser(server).submit(page, { decision: 'allow' })
    expect(elsewhere.response.status).toBe(400)
    const deeper: TestPage = await browser.visit(`${issuer}/device/confirm`)
    expect(deeper.response.status).toBe(400)
    expect(errorOf(await poll(server, device['device_code']))).toEqual([400, 'authorization_pending'])
  })
})
