import { createPrivateKey, createPublicKey } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { challengeOf, codeVerifier, createTestBrowser } from '../test-support.ts'
import {
  authorizationUrlAt,
  basic,
  callback,
  claimsOf,
  codeFormOf,
  createDialectServer,
  headerOf,
  noon,
  origin,
  postForm,
  postJson,
  send,
} from './dialect.test-support.ts'

const backend = basic('backend', 'backend-secret')
const admin = basic('admin', 'admin-secret')
const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

const withPassword = (server: ReferenceServer, changes = {}, headers: HeadersInit = backend) => {
  const form = { grant_type: 'password', username: 'ada', password: 'password', scope: 'orders.read' }
  return postForm(server, '/oauth/token', { ...form, ...changes }, headers)
}

const urlOf = (changes: Readonly<Record<string, string | undefined>> = {}) =>
  authorizationUrlAt('/oauth/authorize', { client_id: 'spa', scope: 'orders.read', ...changes })

describe('the password grant', () => {
  test('answers two JWTs and nothing of OpenID', async () => {
    const { status, body } = await withPassword(createDialectServer('authn'), { scope: 'openid' })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      expires_in: 3600,
      refresh_token: expect.any(String),
      token_type: 'Bearer',
    })
    expect(headerOf(body['access_token'])).toMatchObject({ alg: 'RS256', typ: 'JWT' })
    expect(claimsOf(body['refresh_token'])).toMatchObject({ cid: 'backend', sub: 'ada' })
  })

  test('says when the password has to be changed', async () => {
    const server = createDialectServer('authn')
    const { body } = await withPassword(server, { username: 'grace' })
    expect(body['require_password_change']).toBe(true)
    const set = createDialectServer('authn', { authn: { mustChangePassword: ['ada'] } })
    expect((await withPassword(set)).body['require_password_change']).toBe(true)
    expect((await withPassword(set, { username: 'grace' })).body).not.toHaveProperty(
      'require_password_change',
    )
  })

  test('takes HTTP Basic and nothing else', async () => {
    const server = createDialectServer('authn')
    const inForm = { client_id: 'backend', client_secret: 'backend-secret' }
    for (const form of [inForm, { client_id: 'backend' }, { client_id: 'spa' }, {}]) {
      expect((await withPassword(server, form, {})).status).not.toBe(200)
    }
    expect(await withPassword(server, inForm, {})).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
  })

  test('refuses a wrong password', async () => {
    const answer = await withPassword(createDialectServer('authn'), { password: 'wrong' })
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('is refreshed by Basic, in the same form', async () => {
    const server = createDialectServer('authn')
    const { body } = await withPassword(server)
    const form = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) }
    const refreshed = await postForm(server, '/oauth/token', form, backend)
    expect(Object.keys(refreshed.body)).toEqual(Object.keys(body))
    expect(claimsOf(refreshed.body['refresh_token'])['cid']).toBe('backend')
    expect(refreshed.body['access_token']).not.toBe(body['access_token'])
    expect((await postForm(server, '/oauth/token', form)).status).toBe(401)
  })
})

describe('access tokens', () => {
  test('say much about their user', async () => {
    const { body } = await withPassword(createDialectServer('authn'))
    expect(claimsOf(body['access_token'])).toEqual({
      sub: 'ada',
      iss: 'as.example',
      iat: noon,
      exp: noon + 3600,
      aud: origin,
      cid: 'backend',
      tid: 'tenant-1',
      jti: 'at-1',
      scope: 'orders.read',
      scopes: ['orders.read'],
      tenant: 'north',
      groups: ['sales', 'support'],
      roles: ['clerk'],
      provider_internal_id: 'crm|1815',
      app_metadata_roles: ['billing'],
      user_metadata: { locale: 'en' },
      given_name: 'Ada',
      family_name: 'Example',
      name: 'Ada Example',
    })
  })

  test('spell the tenant otherwise and have groups as a string', async () => {
    const { body } = await withPassword(createDialectServer('authn'), { username: 'grace' })
    const claims = claimsOf(body['access_token'])
    expect(claims).toMatchObject({ tenat: 'south', groups: 'sales' })
    expect(claims).not.toHaveProperty('tenant')
  })

  test('name the token endpoint as issuer where the server is set to it', async () => {
    const server = createDialectServer('authn', { authn: { issuerClaim: 'token_endpoint', tenantId: 't-9' } })
    const { body } = await withPassword(server)
    expect(claimsOf(body['access_token'])).toMatchObject({ iss: `${origin}/oauth/token`, tid: 't-9' })
  })

  test('are signed with a published key', async () => {
    const server = createDialectServer('authn')
    const { body } = await withPassword(server)
    const { body: keySet } = await send(server, '/oauth/jwks')
    const [jwk] = keySet['keys'] as [JsonWebKey]
    const currentDate = new Date(noon * 1000)
    const { payload } = await jwtVerify(String(body['access_token']), jwk, { currentDate })
    expect(payload.sub).toBe('ada')
  })
})

describe('agents', () => {
  const preLogin = (server: ReferenceServer, username: unknown, headers = backend) =>
    postJson(server, '/login/uuid', { username }, headers)

  test('get a uuid and use it once as password', async () => {
    const server = createDialectServer('authn')
    const { body } = await preLogin(server, 'agent')
    expect(body).toEqual({ uuid: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) })
    const asAgent = { username: 'agent', password: String(body['uuid']) }
    expect((await withPassword(server, { ...asAgent, username: 'ada' })).status).toBe(400)
    const tokens = await withPassword(server, asAgent)
    expect(claimsOf(tokens.body['access_token'])).toMatchObject({ sub: 'agent', name: 'Agent Seven' })
    expect((await withPassword(server, asAgent)).status).toBe(400)
  })

  test('have five minutes, and no password', async () => {
    const server = createDialectServer('authn')
    const { body } = await preLogin(server, 'agent')
    expect((await withPassword(server, { username: 'agent', password: 'never-used' })).status).toBe(400)
    server.clock.advance(300)
    const late = { username: 'agent', password: String(body['uuid']) }
    expect((await withPassword(server, late)).status).toBe(400)
  })

  test.each([
    ['a user who is none', 'ada', backend, 400, 'invalid_grant'],
    ['nobody', 'nobody', backend, 400, 'invalid_grant'],
    ['no name', 7, backend, 400, 'invalid_request'],
    ['a wrong secret', 'agent', basic('backend', 'wrong'), 401, 'invalid_client'],
    ['a client without the password grant', 'agent', admin, 400, 'unauthorized_client'],
  ])('refuses %s', async (_name, username, headers, status, error) => {
    const answer = await preLogin(createDialectServer('authn'), username, headers)
    expect(answer).toMatchObject({ status, body: { error } })
  })

  test('refuses a body that is no JSON object', async () => {
    const init = { method: 'POST', body: '[1', headers: { ...backend, 'Content-Type': 'application/json' } }
    expect(await send(createDialectServer('authn'), '/login/uuid', init)).toMatchObject({ status: 400 })
  })
})

describe('client_credentials', () => {
  const ask = (headers: HeadersInit) =>
    postForm(createDialectServer('authn'), '/oauth/token', { grant_type: 'client_credentials' }, headers)

  test('is enabled for each application by itself', async () => {
    const { body } = await ask(backend)
    expect(claimsOf(body['access_token'])).toMatchObject({ sub: 'backend', cid: 'backend' })
    expect(body).not.toHaveProperty('refresh_token')
    expect(await ask(basic('portal', 'portal-secret'))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
  })
})

describe('the code flow', () => {
  test('falls back to plain where no method is given', async () => {
    const server = createDialectServer('authn')
    const url = await urlOf({
      code_challenge: codeVerifier,
      code_challenge_method: undefined,
      state: undefined,
    })
    const response = await server.signIn({ url })
    expect([...response.searchParams.keys()]).toEqual(['code'])
    const { body } = await postForm(server, '/oauth/token', codeFormOf(response, { client_id: 'spa' }))
    expect(claimsOf(body['access_token'])).toMatchObject({ sub: 'ada', cid: 'spa' })
    expect(body).not.toHaveProperty('id_token')
  })

  test('takes an S256 challenge without its method for plain', async () => {
    const server = createDialectServer('authn')
    const url = await urlOf({
      code_challenge: await challengeOf(codeVerifier),
      code_challenge_method: undefined,
    })
    const form = codeFormOf(await server.signIn({ url }), { client_id: 'spa' })
    expect((await postForm(server, '/oauth/token', form)).body).toMatchObject({ error: 'invalid_grant' })
  })

  test('keeps to S256 where it is named', async () => {
    const server = createDialectServer('authn')
    const form = codeFormOf(await server.signIn({ url: await urlOf() }), { client_id: 'spa' })
    expect((await postForm(server, '/oauth/token', form)).status).toBe(200)
  })

  test('asks a client with several redirect URIs to name one', async () => {
    const server = createDialectServer('authn')
    const unnamed = await urlOf({ redirect_uri: undefined })
    const answer = await send(server, unnamed.pathname + unnamed.search)
    expect([answer.status, answer.headers.get('location')]).toEqual([401, null])
    expect(answer.text).toContain('several redirect URIs')
    const wrong = await urlOf({ redirect_uri: 'https://evil.example/' })
    expect((await send(server, wrong.pathname + wrong.search)).status).toBe(400)
  })

  test('takes the only redirect URI of a client as named', async () => {
    const server = createDialectServer('authn')
    const response = await server.signIn({
      url: await urlOf({ client_id: 'single', redirect_uri: undefined }),
    })
    expect(response.href).toMatch(/^http:\/\/127\.0\.0\.1\/\?code=/)
    const form = codeFormOf(response, { client_id: 'single', redirect_uri: undefined })
    const wrong = { ...form, redirect_uri: callback }
    expect((await postForm(server, '/oauth/token', wrong)).status).toBe(400)
    expect((await postForm(server, '/oauth/token', form)).status).toBe(200)
  })

  test('shows the server’s own login page', async () => {
    const server = createDialectServer('authn')
    const browser = createTestBrowser(server)
    const page = await browser.visit(await urlOf())
    expect(page.url.pathname).toBe('/login')
    const response = await browser.submit(page, { username: 'ada', password: 'password' })
    expect(response.url.origin + response.url.pathname).toBe(callback)
  })
})

describe('the implicit grant', () => {
  const implicit = { client_id: 'single', redirect_uri: 'http://127.0.0.1/', response_type: 'token' }
  const without = { code_challenge: undefined, code_challenge_method: undefined, nonce: undefined }

  test('answers in the fragment after a doubled slash', async () => {
    const server = createDialectServer('authn')
    const response = await server.signIn({ url: await urlOf({ ...implicit, ...without, state: undefined }) })
    expect(response.href).toMatch(
      /^http:\/\/127\.0\.0\.1\/\/#access_token=[\w.-]+&expires_in=3600&token_type=Bearer$/,
    )
    const fragment = new URLSearchParams(response.hash.slice(1))
    expect(claimsOf(fragment.get('access_token'))).toMatchObject({ sub: 'ada', cid: 'single' })
  })

  test('sends the state back where there was one', async () => {
    const response = await createDialectServer('authn').signIn({
      url: await urlOf({ ...implicit, ...without }),
    })
    expect([...new URLSearchParams(response.hash.slice(1)).keys()]).toEqual([
      'access_token',
      'expires_in',
      'token_type',
      'state',
    ])
  })

  test('refuses in the fragment, and a client that is not registered for it', async () => {
    const server = createDialectServer('authn')
    const wrong = await server.signIn({ url: await urlOf({ ...implicit, ...without, scope: 'unheard-of' }) })
    expect(new URLSearchParams(wrong.hash.slice(1)).get('error')).toBe('invalid_scope')
    const url = await urlOf({ ...without, client_id: 'backend', response_type: 'token' })
    const refused = await server.signIn({ url })
    expect(new URLSearchParams(refused.hash.slice(1)).get('error')).toBe('unauthorized_client')
  })
})

describe('service accounts', () => {
  const server = createDialectServer('authn', { authn: { projectId: 'orders-project' } })
  const mint = (body: unknown = { name: 'sync' }, headers = admin) =>
    postJson(server, '/admin/service-accounts', body, headers)
  let file: Readonly<Record<string, string>>
  beforeAll(async () => {
    file = (await mint()).body as typeof file
  })

  const assertion = (claims = {}, header = {}) =>
    new SignJWT({
      iss: file['client_email'] ?? '',
      scope: 'orders.read orders.write',
      aud: file['token_uri'] ?? '',
      iat: noon,
      exp: noon + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: file['private_key_id'] ?? '', ...header })
      .sign(createPrivateKey(file['private_key'] ?? ''))

  const exchange = async (jwt: string | Promise<string>, more = {}) =>
    postForm(server, '/oauth/token', { grant_type: jwtBearer, assertion: await jwt, ...more })

  test('come as a file with a PKCS#1 key', async () => {
    const { status, text, body, headers } = await mint()
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store'])
    expect(body).toEqual({
      type: 'service_account',
      project_id: 'orders-project',
      private_key_id: expect.stringMatching(/^[\da-f]{32}$/),
      private_key: expect.any(String),
      client_email: 'sync@orders-project.iam.example',
      client_id: expect.stringMatching(/^\d{20}$/),
      auth_uri: `${origin}/oauth/authorize`,
      token_uri: `${origin}/oauth/token`,
    })
    expect(text).toContain('"-----BEGIN RSA PRIVATE KEY-----\\nMII')
    expect(text).toContain('\\n-----END RSA PRIVATE KEY-----\\n"')
    const pem = createPrivateKey(String(body['private_key'])).export({ type: 'pkcs1', format: 'pem' })
    expect(pem).toBe(body['private_key'])
    expect(createPublicKey(String(body['private_key'])).asymmetricKeyDetails?.modulusLength).toBe(2048)
  })

  test('have fresh keys and names of their own', async () => {
    const { body } = await mint({})
    expect(body['client_email']).toBe('service-account@orders-project.iam.example')
    expect([body['private_key'], body['private_key_id'], body['client_id']]).not.toContain(
      file['private_key'],
    )
    expect(body['private_key_id']).not.toBe(file['private_key_id'])
  })

  test.each([
    ['a client without the scope', { name: 'x' }, backend, 403],
    ['a wrong secret', { name: 'x' }, basic('admin', 'wrong'), 401],
    ['a bad name', { name: 'No Name' }, admin, 400],
  ])('are not made for %s', async (_name, body, headers, status) => {
    expect((await mint(body, headers)).status).toBe(status)
  })

  test('exchange an assertion for an access token and no refresh token', async () => {
    const { status, body } = await exchange(assertion())
    expect(status).toBe(200)
    expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' })
    expect(claimsOf(body['access_token'])).toMatchObject({
      sub: file['client_email'],
      cid: file['client_id'],
      scope: 'orders.read orders.write',
    })
  })

  test('read the scope from the assertion alone', async () => {
    const { body } = await exchange(assertion({ scope: undefined }), { scope: 'orders.read' })
    expect(claimsOf(body['access_token'])['scopes']).toEqual([])
    const refused = await exchange(assertion({ scope: 'unheard-of' }))
    expect(refused.body).toMatchObject({ error: 'invalid_scope' })
  })

  test.each([
    ['another issuer', { iss: 'other@orders-project.iam.example' }, {}],
    ['another audience', { aud: origin }, {}],
    ['more than an hour', { exp: noon + 3601 }, {}],
    ['no iat', { iat: undefined }, {}],
    ['no exp', { exp: undefined }, {}],
    ['an end in the past', { iat: noon - 3600, exp: noon - 1 }, {}],
    ['a start in the future', { iat: noon + 61, exp: noon + 120 }, {}],
    ['another type', {}, { typ: 'at+jwt' }],
    ['no type', {}, { typ: undefined }],
    ['no kid', {}, { kid: undefined }],
    ['an unknown kid', {}, { kid: 'unknown' }],
    ['another algorithm', {}, { alg: 'PS256' }],
  ])('refuse an assertion with %s', async (_name, claims, header) => {
    const answer = await exchange(assertion(claims, header))
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('refuse an assertion signed with another account’s key', async () => {
    const other = (await mint()).body
    const header = { alg: 'RS256', typ: 'JWT', kid: file['private_key_id'] ?? '' }
    const claims = {
      iss: file['client_email'] ?? '',
      aud: file['token_uri'] ?? '',
      iat: noon,
      exp: noon + 60,
    }
    const forged = new SignJWT(claims).setProtectedHeader(header)
    const answer = await exchange(forged.sign(createPrivateKey(String(other['private_key']))))
    expect(answer.body).toMatchObject({ error: 'invalid_grant' })
  })

  test('refuse what is no assertion at all', async () => {
    expect((await exchange('not-a-jwt')).body).toMatchObject({ error: 'invalid_grant' })
    const missing = await postForm(server, '/oauth/token', { grant_type: jwtBearer })
    expect(missing).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('are no help to another client', async () => {
    const form = { grant_type: jwtBearer, assertion: await assertion() }
    const answer = await postForm(server, '/oauth/token', form, backend)
    expect(answer.body).toMatchObject({ error: 'unauthorized_client' })
  })
})
