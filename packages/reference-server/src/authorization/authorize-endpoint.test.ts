import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, createTestBrowser, getTokens, issuer } from '../test-support.ts'

async function visit(changes: Record<string, string | undefined>, server = createServer()) {
  const response = await server.fetch(new Request(await authorizationUrl(changes)))
  const location = response.headers.get('location')
  return { response, location: location === null ? undefined : new URL(location), server }
}

describe('a request that must not be redirected', () => {
  test.each<[string, Record<string, string | undefined>]>([
    ['no client', { client_id: undefined }],
    ['an unknown client', { client_id: 'stranger' }],
    ['no redirect URI', { redirect_uri: undefined }],
    ['another path', { redirect_uri: 'https://app.example/callback/' }],
    ['a query added', { redirect_uri: 'https://app.example/callback?x=1' }],
    ['another host', { redirect_uri: 'https://app.example.evil.example/callback' }],
    ['another case', { redirect_uri: 'https://APP.example/callback' }],
    ['a port on a name', { redirect_uri: 'https://app.example:8443/callback' }],
    ['another path on loopback', { redirect_uri: 'http://127.0.0.1:5000/other' }],
    ['credentials before a loopback port', { redirect_uri: 'http://127.0.0.1:5000@evil.example/callback' }],
    ['another client’s URI', { redirect_uri: 'https://web.example/callback' }],
  ])('%s', async (_name, changes) => {
    const { response, location, server } = await visit(changes)
    expect(response.status).toBe(400)
    expect(location).toBeUndefined()
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await response.text()).toContain('This did not work')
    expect(server.ledger.requests[0]?.error).toMatch(/^invalid_(client|request)$/)
  })

  test.each(['client_id', 'redirect_uri'])('a repeated %s', async (name) => {
    const url = await authorizationUrl()
    url.searchParams.append(name, url.searchParams.get(name) ?? '')
    const response = await createServer().fetch(new Request(url))
    expect(response.status).toBe(400)
    expect(response.headers.has('location')).toBe(false)
  })

  test('nothing of the request is shown as markup', async () => {
    const server = createServer({
      clients: [
        { clientId: 'x', clientName: '<script>1</script>', redirectUris: ['https://app.example/callback'] },
      ],
    })
    const page = await createTestBrowser(server).visit(
      await authorizationUrl({ client_id: 'x', login_hint: '"><b>' }),
    )
    expect(page.text).toContain('&lt;script&gt;')
    expect(page.text).toContain('value="&quot;&gt;&lt;b&gt;"')
    expect(page.text).not.toContain('<script')
  })
})

describe('a refusal that the client hears of', () => {
  test.each<[string, Record<string, string | undefined>]>([
    ['invalid_request', { response_type: undefined }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: 'code id_token' }],
    ['invalid_request', { response_mode: 'carrier_pigeon' }],
    ['invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['invalid_request', { code_challenge: undefined }],
    ['invalid_request', { code_challenge_method: undefined }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { code_challenge: 'too-short' }],
    ['invalid_scope', { scope: 'openid unheard-of' }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { prompt: 'dance' }],
    ['invalid_request', { max_age: '-1' }],
    ['invalid_request', { max_age: 'soon' }],
    ['invalid_request', { id_token_hint: 'not.a.token' }],
    ['invalid_request_object', { request: 'ey' }],
    ['request_uri_not_supported', { request_uri: 'https://app.example/r' }],
    ['registration_not_supported', { registration: '{}' }],
    ['login_required', { prompt: 'none' }],
  ])('%s for %o', async (error, changes) => {
    const { response, location, server } = await visit(changes)
    expect(response.status).toBe(303)
    expect(location?.searchParams.get('error')).toBe(error)
    expect(location?.searchParams.get('state')).toBe('st-1')
    expect(location?.searchParams.get('iss')).toBe(issuer)
    expect(location?.searchParams.has('code')).toBe(false)
    expect(server.ledger.count({ error })).toBe(1)
  })

  test('a repeated parameter, and a repeated state is not echoed', async () => {
    const url = await authorizationUrl()
    url.searchParams.append('state', 'other')
    const response = await createServer().fetch(new Request(url))
    const location = new URL(response.headers.get('location') ?? '')
    expect(location.searchParams.get('error')).toBe('invalid_request')
    expect(location.searchParams.has('state')).toBe(false)
  })

  test('scopes outside the client’s own, and a client without the grant', async () => {
    const redirectUris = ['https://app.example/callback']
    const narrow = createServer({ clients: [{ clientId: 'spa', redirectUris, scopes: ['openid'] }] })
    expect((await visit({}, narrow)).location?.searchParams.get('error')).toBe('invalid_scope')
    const daemon = createServer({
      clients: [{ clientId: 'spa', redirectUris, grantTypes: ['refresh_token'] }],
    })
    expect((await visit({}, daemon)).location?.searchParams.get('error')).toBe('unauthorized_client')
  })
})

describe('a good request', () => {
  test.each(['http://127.0.0.1:5001/callback', 'http://127.0.0.1/callback', 'com.example.app:/callback'])(
    'is answered at %s',
    async (redirectUri) => {
      const response = await createServer().signIn({
        url: await authorizationUrl({ redirect_uri: redirectUri }),
      })
      expect(response.href.startsWith(redirectUri)).toBe(true)
      expect(response.searchParams.has('code')).toBe(true)
    },
  )

  test('may come by POST', async () => {
    const url = await authorizationUrl({ prompt: 'none' })
    const request = new Request(`${issuer}/authorize`, { method: 'POST', body: url.searchParams })
    const response = await createServer().fetch(request)
    expect(response.headers.get('location')).toContain('error=login_required')
  })

  test('by form_post shows a page that posts, whose one script the policy names', async () => {
    const { response } = await visit({ prompt: 'none', response_mode: 'form_post', state: '"><x>' })
    const page = await response.text()
    expect(page).toContain('<form method="post" action="https://app.example/callback">')
    expect(page).toContain('name="error" value="login_required"')
    expect(page).toContain('name="state" value="&quot;&gt;&lt;x&gt;"')
    const script = /<script>(.*)<\/script>/.exec(page)?.[1] ?? ''
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64')
    expect(response.headers.get('content-security-policy')).toContain(`script-src 'sha256-${hash}'`)
  })
})

describe('a browser in which the user is logged in', () => {
  async function loggedIn(changes: Record<string, string | undefined> = {}) {
    const server = createServer()
    const browser = createTestBrowser(server)
    const login = await browser.visit(await authorizationUrl(changes))
    const consent = await browser.submit(login, { username: 'ada', password: 'password' })
    await browser.submit(consent, { decision: 'allow' })
    const ask = async (more: Record<string, string | undefined>) =>
      browser.visit(await authorizationUrl(more))
    const answer = async (more: Record<string, string | undefined>) => {
      const { searchParams } = (await ask({ prompt: 'none', ...more })).url
      return searchParams.get('error') ?? (searchParams.has('code') ? 'code' : 'nothing')
    }
    return { server, browser, ask, answer }
  }

  test('is not asked again, even silently', async () => {
    const { ask, answer } = await loggedIn()
    expect(await answer({})).toBe('code')
    expect((await ask({})).url.searchParams.has('code')).toBe(true)
  })

  test('is asked for consent to more scopes', async () => {
    const { answer } = await loggedIn()
    expect(await answer({ scope: 'openid' })).toBe('code')
    expect(await answer({ scope: 'openid email' })).toBe('consent_required')
  })

  test('is asked again by prompt', async () => {
    const { ask } = await loggedIn()
    expect((await ask({ prompt: 'login' })).url.pathname).toBe('/login')
    expect((await ask({ prompt: 'select_account' })).url.pathname).toBe('/login')
    expect((await ask({ prompt: 'consent' })).url.pathname).toBe('/consent')
  })

  test('is asked again when the login is older than max_age', async () => {
    const { server, answer } = await loggedIn()
    expect(await answer({ max_age: '0' })).toBe('login_required')
    server.clock.advance(100)
    expect(await answer({ max_age: '100' })).toBe('code')
    expect(await answer({ max_age: '99' })).toBe('login_required')
  })

  test('is asked again for an authentication context it has not reached', async () => {
    const { answer } = await loggedIn({ acr_values: 'gold silver' })
    expect(await answer({ acr_values: 'gold' })).toBe('code')
    expect(await answer({ acr_values: 'silver' })).toBe('login_required')
  })

  test('is asked again when the hint names somebody else', async () => {
    const users = ['ada', 'grace'].map((username) => ({ username, password: 'password' }))
    const server = createServer({ users })
    const { id_token: adasToken } = await getTokens(server)
    const browser = createTestBrowser(server)
    const login = await browser.visit(await authorizationUrl())
    const consent = await browser.submit(login, { username: 'grace', password: 'password' })
    await browser.submit(consent, { decision: 'allow' })
    const silent = await browser.visit(await authorizationUrl({ prompt: 'none', id_token_hint: adasToken }))
    expect(silent.url.searchParams.get('error')).toBe('login_required')
    const again = await browser.visit(await authorizationUrl({ id_token_hint: adasToken }))
    const stillGrace = await browser.submit(again, { username: 'grace', password: 'password' })
    expect(stillGrace.url.searchParams.get('error')).toBe('login_required')
  })

  test('is forgotten when its session has lasted its time', async () => {
    const { server, answer } = await loggedIn()
    server.clock.advance(24 * 3600)
    expect(await answer({})).toBe('login_required')
  })
})
