import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, createTestBrowser, issuer } from '../test-support.ts'

async function openLogin(server = createServer(), changes: Record<string, string> = {}) {
  const browser = createTestBrowser(server)
  const page = await browser.visit(await authorizationUrl(changes, server.issuer))
  return { server, browser, page }
}

describe('the login page', () => {
  test('can be used by people and password managers', async () => {
    const { page } = await openLogin()
    expect(page.response.status).toBe(200)
    expect(page.text).toContain('to continue to Shop &amp; Co')
    expect(page.text).toContain('<html lang="en">')
    expect(page.text).toContain('<label for="username">')
    expect(page.text).toContain('<label for="password">')
    expect(page.text).toContain('autocomplete="username"')
    expect(page.text).toContain('autocomplete="current-password"')
  })

  test('is kept by no cache, framed by nobody, and runs no script', async () => {
    const { page } = await openLogin()
    const policy = page.response.headers.get('content-security-policy')
    expect(policy).toContain(`default-src 'none'`)
    expect(policy).toContain(`frame-ancestors 'none'`)
    expect(policy).not.toContain('script-src')
    expect(policy).not.toContain('form-action')
    expect(page.text).not.toContain('<script')
    expect(page.response.headers.get('cache-control')).toBe('no-store')
    expect(page.response.headers.get('x-frame-options')).toBe('DENY')
  })

  test('allows its own style by hash', async () => {
    const { page } = await openLogin()
    const style = /<style>(.*?)<\/style>/s.exec(page.text)?.[1] ?? ''
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64')
    expect(page.response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`)
  })

  test('has the username filled in from login_hint', async () => {
    const { page } = await openLogin(createServer(), { login_hint: 'grace' })
    expect(page.text).toContain('value="grace"')
  })

  test.each([
    ['ada', 'wrong'],
    ['nobody', 'password'],
    ['nobody', ''],
  ])('comes again after %s with the password "%s"', async (username, password) => {
    const { browser, page, server } = await openLogin()
    const again = await browser.submit(page, { username, password })
    expect(again.response.status).toBe(400)
    expect(again.text).toContain('role="alert"')
    expect(again.text).toContain('aria-invalid="true"')
    expect(again.text).toContain(`value="${username}"`)
    expect(JSON.stringify(server.ledger)).not.toContain('wrong')
    const consent = await browser.submit(again, { username: 'ada', password: 'password' })
    expect(consent.url.pathname).toBe('/consent')
  })
})

describe('the session cookie', () => {
  async function firstCookie(issuer: string, clients = {}): Promise<string> {
    const server = createServer({ issuer, ...clients })
    const response = await server.fetch(new Request(await authorizationUrl({}, issuer)))
    return response.headers.get('set-cookie') ?? ''
  }

  test('is bound to the host on https', async () => {
    const cookie = await firstCookie(issuer)
    expect(cookie).toMatch(/^__Host-login-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })

  test('is named after the port on loopback http', async () => {
    const cookie = await firstCookie('http://127.0.0.1:9001')
    expect(cookie).toMatch(/^login-session-9001=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  })

  test('changes at the login', async () => {
    const { browser, page } = await openLogin()
    const before = browser.cookie()
    await browser.submit(page, { username: 'ada', password: 'password' })
    expect(browser.cookie()).not.toBe(before)
  })
})

describe('a login form from elsewhere', () => {
  const credentials = { username: 'ada', password: 'password' }

  test('is refused without the form token', async () => {
    const { browser, page } = await openLogin()
    const answer = await browser.submit(page, { ...credentials, form_token: 'guessed' })
    expect(answer.response.status).toBe(403)
    expect(answer.text).toContain('not sent from our page')
  })

  test('is not taken by any other method', async () => {
    const { server, browser, page } = await openLogin()
    const url = new URL(page.url)
    for (const [name, value] of Object.entries(credentials)) url.searchParams.set(name, value)
    for (const method of ['GET', 'HEAD']) {
      await server.fetch(new Request(url, { method, headers: { Cookie: browser.cookie() } }))
    }
    expect(server.ledger.countEvents('login')).toBe(0)
  })

  test('is refused from another browser', async () => {
    const { server, page } = await openLogin()
    const answer = await createTestBrowser(server).submit(page, credentials)
    expect(answer.response.status).toBe(400)
    expect(answer.text).toContain('expired')
  })

  test('is refused when the interaction has expired', async () => {
    const { server, browser, page } = await openLogin()
    server.clock.advance(3601)
    expect((await browser.submit(page, credentials)).response.status).toBe(400)
  })

  test('two tabs of one browser both get through', async () => {
    const { browser, page } = await openLogin()
    const second = await browser.visit(await authorizationUrl({ state: 'st-2' }))
    await browser.submit(page, credentials)
    const consent = await browser.submit(second, credentials)
    const done = await browser.submit(consent, { decision: 'allow' })
    expect(done.url.searchParams.get('state')).toBe('st-2')
  })
})
