import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import type { PassportOptions } from './passport/passport-options.ts'
import type { ReferenceServerOptions } from '../options.ts'
import { createTestBrowser } from '../test-support.ts'
import {
  authorizationUrlAt,
  bearer,
  callback,
  claimsOf,
  codeFormOf,
  createDialectServer,
  headerOf,
  noon,
  origin,
  postForm,
  type RawAnswer,
  send,
} from './dialect.test-support.ts'
import { passportDefaults } from './passport/passport-defaults.ts'

const create = (passport: PassportOptions = {}, options: Partial<ReferenceServerOptions> = {}) =>
  createDialectServer('passport', { passport, ...options })

const secretOf = (clientId: string): string | undefined =>
  passportDefaults.clients?.find((client) => client.clientId === clientId)?.clientSecret

const urlOf = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  authorizationUrlAt('/oauth/authorize', { client_id: '1', ...changes })

async function getTokens(
  server: ReferenceServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<RawAnswer> {
  const response = await server.signIn({ url: await urlOf(changes) })
  const clientId = changes['client_id'] ?? '1'
  const form = { client_id: clientId, client_secret: secretOf(clientId) }
  return postForm(server, '/oauth/token', codeFormOf(response, form))
}

const refresh = (server: ReferenceServer, refreshToken: unknown) =>
  postForm(server, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id: '1',
    refresh_token: String(refreshToken),
  })

const withPassword = (server: ReferenceServer, clientId: string, changes = {}) =>
  postForm(server, '/oauth/token', {
    grant_type: 'password',
    client_id: clientId,
    client_secret: secretOf(clientId),
    username: '1001',
    password: 'password',
    scope: 'openid profile',
    ...changes,
  })

describe('metadata and keys', () => {
  test('are announced in a short document', async () => {
    const { body } = await send(create(), '/.well-known/openid-configuration')
    expect(body).toMatchObject({
      issuer: origin,
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      jwks_uri: `${origin}/oauth/jwks`,
      end_session_endpoint: `${origin}/oauth/logout`,
      code_challenge_methods_supported: ['S256', 'plain'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
    for (const name of ['revocation_endpoint', 'introspection_endpoint', 'userinfo_endpoint']) {
      expect(body).not.toHaveProperty(name)
    }
  })

  test('are announced in full where the server is set to it', async () => {
    const { body } = await send(create({ fullDiscovery: true }), '/.well-known/openid-configuration')
    expect(body).toMatchObject({
      revocation_endpoint: `${origin}/oauth/revoke`,
      introspection_endpoint: `${origin}/oauth/introspect`,
      userinfo_endpoint: `${origin}/oauth/userinfo`,
    })
  })

  test('have no kid, unless the server is set to it', async () => {
    const server = create()
    const { body } = await send(server, '/oauth/jwks')
    expect(body).toMatchObject({ keys: [{ kty: 'RSA', alg: 'RS256', use: 'sig' }] })
    expect(JSON.stringify(body)).not.toContain('kid')
    expect(headerOf((await getTokens(server)).body['id_token'])).toEqual({ typ: 'JWT', alg: 'RS256' })
    const named = await send(create({ keyIds: true }), '/oauth/jwks')
    expect(named.body).toMatchObject({ keys: [{ kid: expect.any(String) }] })
  })

  test('disagree about the scheme behind a proxy', async () => {
    const server = create({ issuerScheme: 'http' })
    const { body } = await send(server, '/.well-known/openid-configuration')
    expect(body).toMatchObject({
      issuer: 'http://as.example',
      token_endpoint: 'https://as.example/oauth/token',
    })
    expect(server.issuer).toBe('http://as.example')
    expect(claimsOf((await getTokens(server)).body['id_token'])['iss']).toBe('http://as.example')
  })
})

describe('clients', () => {
  test('have small integers as ids and secrets of 40 characters', () => {
    for (const { clientId, clientSecret } of passportDefaults.clients ?? []) {
      expect(clientId).toMatch(/^\d$/)
      if (clientSecret !== undefined) expect(clientSecret).toMatch(/^\w{40}$/)
    }
  })

  test('show the consent page unless they are first-party', async () => {
    const server = create()
    const login = { username: '1001', password: 'password' }
    const asked = createTestBrowser(server)
    const consent = await asked.submit(await asked.visit(await urlOf()), login)
    expect(consent.url.pathname).toBe('/oauth/consent')
    const unasked = createTestBrowser(server)
    const response = await unasked.submit(await unasked.visit(await urlOf({ client_id: '2' })), login)
    expect(response.url.href).toMatch(/^http:\/\/127\.0\.0\.1\/callback\?code=/)
  })

  test('are not told the issuer in the response', async () => {
    const response = await create().signIn({ url: await urlOf() })
    expect([...response.searchParams.keys()]).toEqual(['code', 'state'])
  })

  test('may use plain, also by leaving the method out', async () => {
    const server = create()
    const challenge = 'plain-verifier-of-at-least-forty-three-characters'
    const changes = { code_challenge: challenge, code_challenge_method: undefined }
    const response = await server.signIn({ url: await urlOf(changes) })
    const wrong = await postForm(server, '/oauth/token', codeFormOf(response, { client_id: '1' }))
    expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    const form = codeFormOf(response, { client_id: '1', code_verifier: challenge })
    expect((await postForm(server, '/oauth/token', form)).status).toBe(200)
  })
})

describe('tokens', () => {
  test('come with an ID token where the scope holds openid, and only there', async () => {
    const server = create()
    const { headers, body } = await getTokens(server)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(Object.keys(body).sort()).toEqual(
      ['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type'].sort(),
    )
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(body['refresh_token']).toMatch(/^def50200[\da-f]{700}$/)
    expect((await getTokens(server, { scope: 'orders.read' })).body).not.toHaveProperty('id_token')
  })

  test('say what the granted scopes open, also scopes of its own', async () => {
    const { body } = await getTokens(create(), { scope: 'openid profile email national_id' })
    const idToken = claimsOf(body['id_token'])
    expect(idToken).toMatchObject({
      iss: origin,
      aud: ['1'],
      sub: '1',
      auth_time: noon,
      nonce: 'no-1',
      name: 'Ada Example',
      email: 'ada@example.com',
      national_id: '1001',
    })
    expect(idToken).not.toHaveProperty('phone_number')
  })

  test('have further audiences where the server is set to it', async () => {
    const { body } = await getTokens(create({ furtherAudiences: ['https://api.example'] }))
    expect(claimsOf(body['id_token'])['aud']).toEqual(['1', 'https://api.example'])
  })

  test('echo no nonce where there was none', async () => {
    const { body } = await getTokens(create(), { nonce: undefined })
    expect(claimsOf(body['id_token'])).not.toHaveProperty('nonce')
  })

  test.each([
    [noon + 0.25, noon + 0.25],
    [noon, noon + 0.000001],
  ])('have a fraction in iat and exp at %d', async (now, iat) => {
    const { body } = await getTokens(create({}, { clock: () => now }))
    for (const token of [body['id_token'], body['access_token']]) {
      expect(claimsOf(token)).toMatchObject({ iat, exp: iat + 3600 })
    }
  })

  test('have whole times where the server is set to it', async () => {
    const { body } = await getTokens(create({ wholeSeconds: true }, { clock: () => noon + 0.25 }))
    expect(claimsOf(body['id_token'])).toMatchObject({ iat: noon, exp: noon + 3600 })
  })

  test('live as long as three settings say', async () => {
    const server = create(
      { wholeSeconds: true },
      { lifetimes: { accessToken: 60, refreshToken: 90, idToken: 30 } },
    )
    const { body } = await getTokens(server)
    expect(body['expires_in']).toBe(60)
    expect(claimsOf(body['id_token'])['exp']).toBe(noon + 30)
    server.clock.advance(91)
    expect((await refresh(server, body['refresh_token'])).status).toBe(400)
  })

  test('are access tokens for the client, with a list of scopes', async () => {
    const { body } = await getTokens(create({ wholeSeconds: true }))
    expect(claimsOf(body['access_token'])).toEqual({
      aud: '1',
      jti: expect.stringMatching(/^[\da-f]{80}$/),
      iat: noon,
      nbf: noon,
      exp: noon + 3600,
      sub: '1',
      scopes: ['openid', 'profile'],
    })
  })
})

describe('a refresh', () => {
  test('answers a new ID token without nonce, issued now', async () => {
    const server = create()
    const { body } = await getTokens(server)
    server.clock.advance(100)
    const refreshed = await refresh(server, body['refresh_token'])
    const idToken = claimsOf(refreshed.body['id_token'])
    expect(idToken['auth_time']).toBe(noon + 100)
    expect(idToken).not.toHaveProperty('nonce')
  })

  test('ends the old access token at once', async () => {
    const server = create()
    const { body } = await getTokens(server)
    const ask = (token: unknown) => send(server, '/oauth/userinfo', { headers: bearer(token) })
    expect((await ask(body['access_token'])).status).toBe(200)
    const refreshed = await refresh(server, body['refresh_token'])
    expect((await ask(body['access_token'])).status).toBe(401)
    expect((await ask(refreshed.body['access_token'])).status).toBe(200)
  })

  test.each([
    [undefined, 400, 'invalid_grant'],
    ['newer', 400, 'invalid_grant'],
    ['older', 401, 'invalid_request'],
  ] as const)(
    'with a dead token is refused by generation %s with %i %s',
    async (generation, status, error) => {
      const server = create(generation ? { generation } : {})
      const { body } = await getTokens(server)
      await refresh(server, body['refresh_token'])
      const reused = await refresh(server, body['refresh_token'])
      expect(reused).toMatchObject({ status, body: { error, hint: 'Token has been revoked' } })
      expect(await refresh(server, 'def50200')).toMatchObject({ status, body: { error } })
      server.clock.advance(31 * 24 * 3600)
      expect(await refresh(server, body['refresh_token'])).toMatchObject({ status, body: { error } })
    },
  )

  test('with a spent token leaves the new ones alone', async () => {
    const server = create()
    const { body } = await getTokens(server)
    const second = await refresh(server, body['refresh_token'])
    await refresh(server, body['refresh_token'])
    expect((await refresh(server, second.body['refresh_token'])).status).toBe(200)
  })
})

describe('the password grant', () => {
  test('is off until it is switched on', async () => {
    const answer = await withPassword(create(), '3')
    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
  })

  test('finds two people by the same request at two providers', async () => {
    const server = create({ passwordGrant: true })
    const [account, administrator] = [await withPassword(server, '3'), await withPassword(server, '4')]
    expect(claimsOf(account.body['id_token'])['name']).toBe('Ada Example')
    expect(claimsOf(administrator.body['id_token'])['name']).toBe('Grace Example')
  })

  test('maps the username to another column', async () => {
    const server = create({ passwordGrant: true })
    expect((await withPassword(server, '3', { username: 'ada' })).body).toMatchObject({
      error: 'invalid_grant',
    })
    expect((await withPassword(server, '3', { username: '1002' })).status).toBe(200)
    expect((await withPassword(server, '4', { username: '1002' })).status).toBe(400)
  })

  test('answers an ID token for openid, with the nonce of the request, and again at a refresh', async () => {
    const server = create({ passwordGrant: true })
    const { body } = await withPassword(server, '3', { nonce: 'no-9' })
    expect(claimsOf(body['id_token'])).toMatchObject({ nonce: 'no-9', auth_time: noon })
    const form = { grant_type: 'refresh_token', client_id: '3', client_secret: secretOf('3') }
    const again = await postForm(server, '/oauth/token', {
      ...form,
      refresh_token: String(body['refresh_token']),
    })
    expect(claimsOf(again.body['id_token'])['name']).toBe('Ada Example')
    expect((await withPassword(server, '3', { scope: 'orders.read' })).body).not.toHaveProperty('id_token')
  })

  test('is for the clients that are registered for it, and needs both fields', async () => {
    const server = create({ passwordGrant: true })
    expect((await withPassword(server, '2')).body).toMatchObject({ error: 'unauthorized_client' })
    const { body } = await withPassword(server, '3', { password: undefined })
    expect(body).toMatchObject({ error: 'invalid_request' })
  })
})

describe('errors', () => {
  test('carry a hint, as JSON and in redirects', async () => {
    const server = create()
    const { body } = await postForm(server, '/oauth/token', {
      client_id: '1',
      grant_type: 'authorization_code',
    })
    expect(body).toEqual({
      error: 'invalid_request',
      error_description: expect.stringMatching(/^The request/),
      hint: 'parameter code is missing',
    })
    const response = await server.signIn({ url: await urlOf({ scope: 'unheard-of' }) })
    expect(Object.fromEntries(response.searchParams)).toMatchObject({
      error: 'invalid_scope',
      hint: 'scope unheard-of is not to be had',
      state: 'st-1',
    })
  })

  test('come as 429 with Retry-After where the token route is throttled', async () => {
    const server = create({ throttle: { requests: 2, seconds: 60 } })
    const ask = () => postForm(server, '/oauth/token', { client_id: '1' })
    expect([(await ask()).status, (await ask()).status]).toEqual([400, 400])
    server.clock.advance(20)
    const refused = await ask()
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '40'])
    server.clock.advance(40)
    expect((await ask()).status).toBe(400)
  })
})

describe('userinfo and introspection', () => {
  test('answer by GET and by POST', async () => {
    const server = create()
    const { body } = await getTokens(server)
    const got = await send(server, '/oauth/userinfo', { headers: bearer(body['access_token']) })
    const form = { access_token: String(body['access_token']) }
    const posted = await postForm(server, '/oauth/userinfo', form)
    expect(got.body).toEqual({ sub: '1', name: 'Ada Example', given_name: 'Ada', family_name: 'Example' })
    expect(posted.body).toEqual(got.body)
  })

  test('tell confidential clients whether a token lives, and revocation ends it', async () => {
    const server = create()
    const { body } = await getTokens(server)
    const token = String(body['access_token'])
    const client = { client_id: '2', client_secret: secretOf('2') }
    const introspect = (asker = client as object) =>
      postForm(server, '/oauth/introspect', { ...asker, token })
    expect((await introspect()).body).toMatchObject({
      active: true,
      client_id: '1',
      scope: 'openid profile',
      sub: '1',
      username: 'ada',
      exp: noon + 3600,
    })
    expect((await introspect({ client_id: '1' })).status).toBe(401)
    expect((await postForm(server, '/oauth/revoke', { client_id: '1', token })).status).toBe(200)
    expect((await introspect()).body).toEqual({ active: false })
  })
})

describe('logout', () => {
  const bye = 'http://127.0.0.1/'

  async function logIn(server: ReferenceServer) {
    const browser = createTestBrowser(server)
    const page = await browser.visit(await urlOf({ client_id: '2' }))
    const response = await browser.submit(page, { username: '1001', password: 'password' })
    const client = { client_id: '2', client_secret: secretOf('2') }
    const { body } = await postForm(server, '/oauth/token', codeFormOf(response.url, client))
    return { browser, body }
  }

  test('clears the session and goes back with the state, without asking', async () => {
    const server = create()
    const { browser, body } = await logIn(server)
    const query = { id_token_hint: String(body['id_token']), post_logout_redirect_uri: bye, state: 'out' }
    const left = await browser.visit(`${origin}/oauth/logout?${new URLSearchParams(query)}`)
    expect(left.url.href).toBe(`${bye}?state=out`)
    const again = await browser.visit(await urlOf({ client_id: '2' }))
    expect(again.url.pathname).toBe('/account/login')
    const headers = bearer(body['access_token'])
    expect((await send(server, '/oauth/userinfo', { headers })).status).toBe(200)
  })

  test('needs no parameter, and no cookie', async () => {
    const server = create()
    const { browser } = await logIn(server)
    expect((await browser.visit(`${origin}/oauth/logout`)).text).toContain('You are signed out')
    expect(server.ledger.countEvents('logout')).toBe(1)
    expect((await send(server, '/oauth/logout')).status).toBe(200)
    expect((await send(server, '/oauth/logout', { method: 'POST' })).status).toBe(405)
  })

  test('goes nowhere that is not registered', async () => {
    const query = new URLSearchParams({ post_logout_redirect_uri: 'https://evil.example/' })
    const answer = await send(create(), `/oauth/logout?${query}`)
    expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
  })
})

describe('two guards', () => {
  const adminUrl = () => urlOf({ client_id: '5' })

  test('have two login pages and two sessions in one browser', async () => {
    const browser = createTestBrowser(create())
    const login = { username: '1001', password: 'password' }
    const account = await browser.visit(await urlOf({ client_id: '2' }))
    expect(account.url.pathname).toBe('/account/login')
    expect(account.text).toContain('<h1>Sign in to your account</h1>')
    expect(account.text).toContain('National id number')
    await browser.submit(account, login)
    const admin = await browser.visit(await adminUrl())
    expect(admin.url.pathname).toBe('/admin/login')
    expect(admin.text).toContain('<h1>Administration: sign in</h1>')
    await browser.submit(admin, login)
    expect(browser.cookie()).toMatch(/__Host-account-session=.*__Host-admin-session=/)
    expect((await browser.visit(await adminUrl())).url.href.startsWith(callback)).toBe(true)
    expect((await browser.visit(await urlOf({ client_id: '2' }))).url.href.startsWith(callback)).toBe(true)
  })

  test('do not show each other their requests', async () => {
    const browser = createTestBrowser(create())
    const account = await browser.visit(await urlOf())
    const elsewhere = account.url.href.replace('/account/', '/admin/')
    expect((await browser.visit(elsewhere)).text).toContain('another login page')
  })

  test('refuse each other’s tokens', async () => {
    const server = create()
    const scope = 'openid account.read'
    const account = (await getTokens(server, { client_id: '6', scope })).body['access_token']
    const admin = (await getTokens(server, { client_id: '5', scope })).body['access_token']
    const ask = async (path: string, token: unknown) =>
      (await send(server, path, { headers: bearer(token) })).status
    expect(await ask('/account/profile', account)).toBe(200)
    expect(await ask('/account/profile', admin)).toBe(401)
    expect(await ask('/admin/profile', admin)).toBe(200)
    expect(await ask('/admin/profile', account)).toBe(401)
  })
})

describe('account management', () => {
  const put = (server: ReferenceServer, token: unknown, changes: object) =>
    send(server, '/account/profile', {
      method: 'PUT',
      body: JSON.stringify(changes),
      headers: { ...bearer(token), 'Content-Type': 'application/json' },
    })

  test('reads and edits the profile', async () => {
    const server = create()
    const scope = 'openid profile email account.read account.write'
    const { body } = await getTokens(server, { client_id: '6', scope })
    const headers = bearer(body['access_token'])
    const before = await send(server, '/account/profile', { headers })
    expect(before.body).toMatchObject({ sub: '1', email: 'ada@example.com', email_verified: true })
    const edited = await put(server, body['access_token'], { name: 'Ada King', email: 'king@example.com' })
    expect(edited.body).toMatchObject({ name: 'Ada King', email: 'king@example.com', email_verified: false })
    const info = await send(server, '/oauth/userinfo', { headers })
    expect(info.body).toMatchObject({ name: 'Ada King', email: 'king@example.com' })
  })

  test.each([['sub'], ['email_verified'], ['national_id'], ['password']])(
    'never changes %s',
    async (claim) => {
      const server = create()
      const { body } = await getTokens(server, { client_id: '6', scope: 'openid account.write' })
      expect(await put(server, body['access_token'], { [claim]: 'x' })).toMatchObject({
        status: 400,
        body: { error: 'invalid_request', hint: `${claim} cannot be changed` },
      })
    },
  )

  test('needs its scopes', async () => {
    const server = create()
    const { body } = await getTokens(server, { client_id: '6', scope: 'openid' })
    const refused = await put(server, body['access_token'], { name: 'x' })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('www-authenticate')).toContain('scope="account.write"')
    expect((await send(server, '/account/profile')).status).toBe(401)
  })

  test('changes nobody at another server', async () => {
    const server = create()
    const { body } = await getTokens(server, { client_id: '6', scope: 'openid account.write' })
    await put(server, body['access_token'], { name: 'Changed' })
    const other = (await getTokens(create())).body['id_token']
    expect(claimsOf(other)['name']).toBe('Ada Example')
  })
})

test('people given by `users` log in by their usernames', async () => {
  const users = [{ username: 'joe', password: 'secret' }]
  const server = createDialectServer('passport', { users })
  const browser = createTestBrowser(server)
  const page = await browser.visit(await urlOf({ client_id: '2' }))
  const response = await browser.submit(page, { username: 'joe', password: 'secret' })
  expect(response.url.searchParams.get('code')).toMatch(/./)
})
