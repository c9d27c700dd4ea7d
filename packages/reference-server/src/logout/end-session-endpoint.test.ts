import { describe, expect, test } from 'vitest'
import {
  authorizationUrl,
  codeVerifier,
  createServer,
  createTestBrowser,
  issuer,
  post,
  redirectUri,
  refresh,
  type TestPage,
} from '../test-support.ts'

const bye = 'https://app.example/bye'

/** A browser in which the user has logged in by the pages, and the tokens the client got. */
async function loggedIn(scope = 'openid', server = createServer()) {
  const browser = createTestBrowser(server)
  const login = await browser.visit(await authorizationUrl({ scope }))
  const consent = await browser.submit(login, { username: 'ada', password: 'password' })
  const { url } = await browser.submit(consent, { decision: 'allow' })
  const { body: tokens } = await post(server, '/token', {
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: url.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  })
  const isLoggedIn = async () => {
    const silent = await browser.visit(await authorizationUrl({ scope, prompt: 'none' }))
    return silent.url.searchParams.has('code')
  }
  const endSession = (parameters: Record<string, string>): Promise<TestPage> =>
    browser.visit(`${issuer}/end-session?${new URLSearchParams(parameters)}`)
  return { server, browser, tokens, idToken: tokens['id_token'] ?? '', isLoggedIn, endSession }
}

describe('logout with an ID token', () => {
  test('ends the login at once and goes back with state', async () => {
    const { idToken, isLoggedIn, endSession, server, tokens } = await loggedIn()
    expect(await isLoggedIn()).toBe(true)
    const parameters = { id_token_hint: idToken, post_logout_redirect_uri: bye, state: 'a b' }
    expect((await endSession(parameters)).url.href).toBe(`${bye}?state=a+b`)
    expect(await isLoggedIn()).toBe(false)
    expect((await refresh(server, tokens['refresh_token'])).body['error']).toBe('invalid_grant')
    expect(server.ledger.countEvents('logout')).toBe(1)
  })

  test('shows a page when there is nowhere to go', async () => {
    const { idToken, endSession } = await loggedIn()
    const page = await endSession({ id_token_hint: idToken })
    expect(page.text).toContain('You are signed out')
    expect(page.response.headers.get('cache-control')).toBe('no-store')
    expect(page.response.headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`)
  })

  test('works with one that has expired', async () => {
    const { idToken, isLoggedIn, endSession, server } = await loggedIn()
    server.clock.advance(7200)
    const page = await endSession({ id_token_hint: idToken, post_logout_redirect_uri: bye })
    expect(page.url.href).toBe(bye)
    expect(await isLoggedIn()).toBe(false)
  })

  test('works by POST, where the cookie of another site’s form does not come along', async () => {
    const { idToken, isLoggedIn, server } = await loggedIn()
    const body = new URLSearchParams({ id_token_hint: idToken, post_logout_redirect_uri: bye })
    const response = await server.fetch(new Request(`${issuer}/end-session`, { method: 'POST', body }))
    expect([response.status, response.headers.get('location')]).toEqual([303, bye])
    expect(await isLoggedIn()).toBe(false)
  })

  test('leaves grants with offline_access alone', async () => {
    const { idToken, endSession, server, tokens } = await loggedIn('openid offline_access')
    await endSession({ id_token_hint: idToken })
    expect((await refresh(server, tokens['refresh_token'])).status).toBe(200)
  })

  test('asks first when the hint is about another login', async () => {
    const { idToken: otherToken, server } = await loggedIn()
    const { endSession, isLoggedIn } = await loggedIn('openid', server)
    const page = await endSession({ id_token_hint: otherToken })
    expect(page.text).toContain('Sign out?')
    expect(await isLoggedIn()).toBe(true)
  })

  test.each<[string, Record<string, string>]>([
    ['an unregistered address', { post_logout_redirect_uri: 'https://app.example/' }],
    ['another client', { client_id: 'web:app' }],
  ])('is refused with %s', async (_name, parameters) => {
    const { idToken, endSession, isLoggedIn } = await loggedIn()
    const page = await endSession({ id_token_hint: idToken, ...parameters })
    expect(page.response.status).toBe(400)
    expect(page.url.origin).toBe(issuer)
    expect(await isLoggedIn()).toBe(true)
  })

  test('is refused with a token that is not ours', async () => {
    const { endSession, isLoggedIn } = await loggedIn()
    const { idToken: foreign } = await loggedIn()
    const { idToken: otherIssuer } = await loggedIn('openid', createServer({ issuer }))
    for (const hint of [foreign, otherIssuer, 'x.y.z', 'nonsense']) {
      expect((await endSession({ id_token_hint: hint })).response.status).toBe(400)
    }
    expect(await isLoggedIn()).toBe(true)
  })
})

describe('logout without an ID token', () => {
  test('asks, and then goes back to a client that names itself', async () => {
    const { browser, endSession, isLoggedIn } = await loggedIn()
    const page = await endSession({ client_id: 'spa', post_logout_redirect_uri: bye, state: 's' })
    expect(page.text).toContain('You are signed in as ada')
    expect(await isLoggedIn()).toBe(true)
    expect((await browser.submit(page, { decision: 'logout' })).url.href).toBe(`${bye}?state=s`)
    expect(await isLoggedIn()).toBe(false)
  })

  test('stays when the user says so', async () => {
    const { browser, endSession, isLoggedIn } = await loggedIn()
    const page = await browser.submit(await endSession({}), { decision: 'stay' })
    expect(page.text).toContain('You are still signed in')
    expect(await isLoggedIn()).toBe(true)
  })

  test('refuses a return address whose client is unknown', async () => {
    const { endSession } = await loggedIn()
    expect((await endSession({ post_logout_redirect_uri: bye })).response.status).toBe(400)
  })

  test('refuses a forged confirmation, and one from another browser', async () => {
    const { browser, endSession, isLoggedIn, server } = await loggedIn()
    const page = await endSession({})
    const forged = await browser.submit(page, { decision: 'logout', form_token: 'guessed' })
    expect(forged.response.status).toBe(403)
    const elsewhere = await createTestBrowser(server).submit(page, { decision: 'logout' })
    expect(elsewhere.response.status).toBe(400)
    expect(await isLoggedIn()).toBe(true)
  })

  test('with nobody logged in asks as well', async () => {
    const browser = createTestBrowser(createServer())
    const page = await browser.visit(`${issuer}/end-session`)
    expect(page.text).toContain('Nobody is signed in here')
    expect((await browser.submit(page, { decision: 'logout' })).text).toContain('You are signed out')
  })
})
