import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, createTestBrowser, issuer } from '../test-support.ts'

async function openConsent(scope = 'openid email') {
  const server = createServer()
  const browser = createTestBrowser(server)
  const login = await browser.visit(await authorizationUrl({ scope }))
  const page = await browser.submit(login, { username: 'ada', password: 'password' })
  return { server, browser, login, page }
}

describe('the consent page', () => {
  test('names the client, the user and the scopes in words', async () => {
    const { page } = await openConsent()
    expect(page.text).toContain('Allow Shop &amp; Co?')
    expect(page.text).toContain('signed in as ada')
    expect(page.text).toContain('<li>See your e-mail address</li>')
    expect(page.response.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`)
    expect(page.response.headers.get('cache-control')).toBe('no-store')
    expect(page.text).not.toContain('<script')
  })

  test('sends access_denied back', async () => {
    const { browser, page } = await openConsent()
    const { url } = await browser.submit(page, { decision: 'deny' })
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'st-1',
      iss: issuer,
    })
  })

  test('takes no answer as a denial', async () => {
    const { browser, page } = await openConsent()
    expect((await browser.submit(page, {})).url.searchParams.get('error')).toBe('access_denied')
  })

  test('is remembered, and cannot be answered twice', async () => {
    const { browser, page } = await openConsent()
    expect((await browser.submit(page, { decision: 'allow' })).url.searchParams.has('code')).toBe(true)
    expect((await browser.submit(page, { decision: 'allow' })).response.status).toBe(400)
    const again = await browser.visit(await authorizationUrl({ scope: 'email' }))
    expect(again.url.searchParams.has('code')).toBe(true)
  })

  test('is refused to a forged form', async () => {
    const { browser, page } = await openConsent()
    const answer = await browser.submit(page, { decision: 'allow', form_token: 'guessed' })
    expect(answer.response.status).toBe(403)
  })

  test('leads back to the login when nobody is logged in', async () => {
    const server = createServer()
    const browser = createTestBrowser(server)
    const login = await browser.visit(await authorizationUrl())
    const consentUrl = new URL(login.url)
    consentUrl.pathname = '/consent'
    expect((await browser.visit(consentUrl)).url.pathname).toBe('/login')
    const forced = await browser.submit({ ...login, url: consentUrl }, { decision: 'allow' })
    expect(forced.url.pathname).toBe('/login')
  })

  test('is skipped for a first-party client', async () => {
    const redirect = { client_id: 'web:app', redirect_uri: 'https://web.example/callback' }
    const browser = createTestBrowser(createServer())
    const login = await browser.visit(await authorizationUrl(redirect))
    const done = await browser.submit(login, { username: 'ada', password: 'password' })
    expect(done.url.searchParams.has('code')).toBe(true)
    expect(done.response.headers.get('set-cookie')).toContain('__Host-login-session=')
  })
})
