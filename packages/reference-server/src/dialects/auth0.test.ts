import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { createTestBrowser } from '../test-support.ts'
import {
  authorizationUrlAt,
  basic,
  bearer,
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

const api = 'https://api.example/'
const issuer = `${origin}/`
type Changes = Readonly<Record<string, string | undefined>>

const urlOf = (changes: Changes = {}) => authorizationUrlAt('/authorize', { client_id: 'spa', ...changes })

async function getTokens(
  server: ReferenceServer,
  changes: Changes = {},
  form: Changes = {},
): Promise<RawAnswer> {
  const response = await server.signIn({ url: await urlOf(changes) })
  return postForm(server, '/oauth/token', codeFormOf(response, { client_id: 'spa', ...form }))
}

const asMachine = (server: ReferenceServer, changes: Changes = {}) =>
  postForm(server, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: 'm2m',
    client_secret: 'm2m-secret',
    audience: api,
    ...changes,
  })

describe('metadata', () => {
  test.each([origin, issuer])('has an issuer with a slash at its end, for %s', async (given) => {
    const server = createDialectServer('auth0', { issuer: given })
    expect(server.issuer).toBe(issuer)
    const { body } = await send(server, '/.well-known/openid-configuration')
    expect(body).toMatchObject({
      issuer,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      userinfo_endpoint: `${origin}/userinfo`,
      jwks_uri: `${origin}/.well-known/jwks.json`,
    })
    expect(body).not.toHaveProperty('end_session_endpoint')
  })
})

describe('access tokens', () => {
  test('are for an API and userinfo with openid', async () => {
    const { body } = await getTokens(createDialectServer('auth0'), { audience: api })
    expect(headerOf(body['access_token'])).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) })
    expect(claimsOf(body['access_token'])).toEqual({
      iss: issuer,
      sub: 'auth0|ada',
      aud: [api, `${origin}/userinfo`],
      azp: 'spa',
      scope: 'openid profile',
      jti: 'at-1',
      iat: noon,
      exp: noon + 86_400,
    })
    expect(body['expires_in']).toBe(86_400)
  })

  test('are for the API alone without openid, and say no scope where none was granted', async () => {
    const { body } = await getTokens(createDialectServer('auth0'), { audience: api, scope: undefined })
    const claims = claimsOf(body['access_token'])
    expect(claims['aud']).toBe(api)
    expect(claims).not.toHaveProperty('scope')
    expect(body).not.toHaveProperty('id_token')
  })

  test('are opaque without an audience, and good for userinfo', async () => {
    const server = createDialectServer('auth0')
    const { body } = await getTokens(server)
    expect(body['access_token']).not.toContain('.')
    const info = await send(server, '/userinfo', { headers: bearer(body['access_token']) })
    expect(info.body).toMatchObject({ sub: 'auth0|ada', nickname: 'ada' })
  })

  test('are not to be had for an unknown API', async () => {
    const server = createDialectServer('auth0')
    const response = await server.signIn({ url: await urlOf({ audience: 'https://other.example/' }) })
    expect(response.searchParams.get('error')).toBe('access_denied')
    const { status, body } = await asMachine(server, { audience: 'https://other.example/' })
    expect([status, body['error']]).toEqual([403, 'access_denied'])
    const known = createDialectServer('auth0', { auth0: { apis: ['https://other.example/'] } })
    expect((await asMachine(known, { audience: 'https://other.example/' })).status).toBe(200)
  })
})

describe('the token answer', () => {
  test('has no scope where it is what was asked for', async () => {
    const { body } = await getTokens(createDialectServer('auth0'))
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'token_type'])
  })

  test('says the scope where it is less', async () => {
    const { body } = await getTokens(createDialectServer('auth0'), { scope: 'openid unheard-of' })
    expect(body['scope']).toBe('openid')
  })

  test('has a refresh token with offline_access only', async () => {
    const server = createDialectServer('auth0')
    expect((await getTokens(server)).body).not.toHaveProperty('refresh_token')
    const { body } = await getTokens(server, { scope: 'openid offline_access', audience: api })
    const form = {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: String(body['refresh_token']),
    }
    const refreshed = await postForm(server, '/oauth/token', form)
    expect(Object.keys(refreshed.body).sort()).toEqual(
      ['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type'].sort(),
    )
    expect(claimsOf(refreshed.body['access_token'])['aud']).toEqual([api, `${origin}/userinfo`])
    const narrowed = { ...form, refresh_token: String(refreshed.body['refresh_token']), scope: 'openid' }
    expect((await postForm(server, '/oauth/token', narrowed)).body).not.toHaveProperty('scope')
  })
})

test('ID tokens are RS256, have a sid and live ten hours', async () => {
  const { body } = await getTokens(createDialectServer('auth0'), { scope: 'openid profile email' })
  expect(headerOf(body['id_token'])).toMatchObject({ alg: 'RS256' })
  expect(claimsOf(body['id_token'])).toEqual({
    iss: issuer,
    sub: 'auth0|ada',
    aud: 'spa',
    iat: noon,
    exp: noon + 36_000,
    auth_time: noon,
    sid: expect.any(String),
    nonce: 'no-1',
    name: 'Ada Example',
    nickname: 'ada',
    email: 'ada@example.com',
    email_verified: true,
  })
})

describe('clients', () => {
  test('that are web applications send their secret in the form, next to PKCE', async () => {
    const server = createDialectServer('auth0')
    const web = { client_id: 'web' }
    const form = { ...web, client_secret: 'web-secret' }
    expect((await getTokens(server, web, form)).status).toBe(200)
    const response = await server.signIn({ url: await urlOf(web) })
    const byBasic = codeFormOf(response, { client_id: undefined })
    const answer = await postForm(server, '/oauth/token', byBasic, basic('web', 'web-secret'))
    expect(answer.status).toBe(401)
    expect((await getTokens(server, web, { ...form, code_verifier: 'x'.repeat(43) })).status).toBe(400)
  })

  test('that are public send none, and rotate where the web application does not', async () => {
    const server = createDialectServer('auth0')
    const scope = 'openid offline_access'
    const twice = async (form: Changes) => {
      const { body } = await getTokens(server, { client_id: form['client_id'], scope }, form)
      const again = { ...form, grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) }
      const [first, second] = [
        await postForm(server, '/oauth/token', again),
        await postForm(server, '/oauth/token', again),
      ]
      return [first.status, 'refresh_token' in first.body, second.status]
    }
    expect(await twice({ client_id: 'spa' })).toEqual([200, true, 400])
    expect(await twice({ client_id: 'web', client_secret: 'web-secret' })).toEqual([200, false, 200])
  })

  test('that are machines are named as such', async () => {
    const { body } = await asMachine(createDialectServer('auth0'), { scope: 'orders.read' })
    expect(claimsOf(body['access_token'])).toEqual({
      iss: issuer,
      sub: 'm2m@clients',
      aud: api,
      azp: 'm2m',
      gty: 'client-credentials',
      scope: 'orders.read',
      jti: 'at-1',
      iat: noon,
      exp: noon + 86_400,
    })
    expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'token_type'])
  })

  test('that are machines have to name an audience', async () => {
    const answer = await asMachine(createDialectServer('auth0'), { audience: undefined })
    expect(answer).toMatchObject({ status: 403, body: { error: 'access_denied' } })
  })
})

describe('logout', () => {
  const bye = 'http://127.0.0.1/'

  test('ends the session and goes where it is told', async () => {
    const server = createDialectServer('auth0')
    const browser = createTestBrowser(server)
    const page = await browser.visit(await urlOf())
    expect(page.url.pathname).toBe('/u/login')
    await browser.submit(page, { username: 'ada@example.com', password: 'password' })
    const query = new URLSearchParams({ client_id: 'spa', returnTo: bye })
    expect((await browser.visit(`${origin}/v2/logout?${query}`)).url.href).toBe(bye)
    expect((await browser.visit(await urlOf())).url.pathname).toBe('/u/login')
  })

  test.each([
    ['nowhere', {}, 200, null],
    ['to an address of any client', { returnTo: bye }, 303, bye],
    ['not to that of another client', { returnTo: bye, client_id: 'm2m' }, 400, null],
    ['not to an unknown address', { returnTo: 'https://evil.example/' }, 400, null],
  ])('goes %s', async (_name, query, status, location) => {
    const answer = await send(createDialectServer('auth0'), `/v2/logout?${new URLSearchParams(query)}`)
    expect([answer.status, answer.headers.get('location')]).toEqual([status, location])
  })
})
