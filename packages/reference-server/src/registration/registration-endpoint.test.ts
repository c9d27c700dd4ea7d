import { describe, expect, test } from 'vitest'
import { assertionClaims, assertionForm, createClientKey } from '../clients/client-key.test-support.ts'
import type { ReferenceServer } from '../create-reference-server.ts'
import { authorizationUrl, codeVerifier, createServer, issuer, post, redirectUri } from '../test-support.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

async function send(server: ReferenceServer, url: string, init: RequestInit): Promise<Answer> {
  const response = await server.fetch(new Request(url, init))
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

function register(
  server: ReferenceServer,
  metadata: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof metadata === 'string' ? metadata : JSON.stringify(metadata)
  const all = { 'Content-Type': 'application/json', ...headers }
  return send(server, `${issuer}/register`, { method: 'POST', body, headers: all })
}

const web = { redirect_uris: [redirectUri], client_name: 'Web shop' }

describe('registration', () => {
  test('gives a client that works at once', async () => {
    const server = createServer()
    const { status, headers, body } = await register(server, web)
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toMatchObject({
      ...web,
      client_id: expect.any(String),
      client_secret: expect.any(String),
      client_secret_expires_at: 0,
      client_id_issued_at: 1_800_000_000,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      registration_access_token: expect.any(String),
    })
    const clientId = String(body['client_id'])
    const url = await authorizationUrl({ client_id: clientId })
    const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    }
    const basic = { Authorization: `Basic ${btoa(`${clientId}:${body['client_secret']}`)}` }
    const tokens = await post(server, '/token', form, basic)
    expect(tokens.status).toBe(200)
    expect(tokens.body).not.toHaveProperty('refresh_token')
  })

  test('gives a public client no secret, and asks PKCE of it', async () => {
    const server = createServer()
    const { body } = await register(server, { ...web, token_endpoint_auth_method: 'none' })
    expect(body).not.toHaveProperty('client_secret')
    const changes = { client_id: String(body['client_id']), code_challenge: undefined }
    const url = await authorizationUrl({ ...changes, code_challenge_method: undefined })
    const { headers } = await server.fetch(new Request(url))
    expect(headers.get('location')).toContain('error=invalid_request')
  })

  test('takes the places for logout, which must be URLs', async () => {
    const logout = {
      backchannel_logout_uri: 'https://app.example/backchannel-logout',
      backchannel_logout_session_required: true,
      frontchannel_logout_uri: 'https://app.example/logout',
      frontchannel_logout_session_required: true,
    }
    const { body } = await register(createServer(), { ...web, ...logout })
    expect(body).toMatchObject(logout)
    const wrong = await register(createServer(), { ...web, backchannel_logout_uri: '/logout' })
    expect([wrong.status, wrong.body['error']]).toEqual([400, 'invalid_client_metadata'])
  })

  test('takes keys for private_key_jwt', async () => {
    const server = createServer()
    const key = await createClientKey()
    const jwks = { keys: [key.jwk] }
    const metadata = { ...web, token_endpoint_auth_method: 'private_key_jwt', jwks }
    const { body } = await register(server, metadata)
    const id = body['client_id']
    const jwt = await key.sign({ ...assertionClaims(), iss: id, sub: id })
    expect((await post(server, '/revoke', { token: 'x', ...assertionForm(jwt) })).status).toBe(200)
  })

  test('keeps what it knows and ignores the rest', async () => {
    const metadata = {
      ...web,
      grant_types: ['authorization_code', 'refresh_token'],
      scope: 'openid profile',
      post_logout_redirect_uris: ['https://app.example/bye'],
      require_pushed_authorization_requests: true,
      authorization_details_types: ['payment_initiation'],
      userinfo_signed_response_alg: 'ES256',
    }
    const { body } = await register(createServer(), { ...metadata, favourite_colour: 'red' })
    expect(body).toMatchObject(metadata)
    expect(body).not.toHaveProperty('favourite_colour')
  })

  test.each([
    'https://app.example/cb?x=1',
    'http://localhost:3000/cb',
    'http://127.0.0.1/cb',
    'http://[::1]/cb',
    'com.example.app:/cb',
  ])('takes the redirect URI %s', async (uri) => {
    expect((await register(createServer(), { redirect_uris: [uri] })).status).toBe(201)
  })

  test.each([
    { redirect_uris: [] },
    {},
    { redirect_uris: ['http://app.example/cb'] },
    { redirect_uris: ['https://app.example/cb#x'] },
    { redirect_uris: ['/cb'] },
    { redirect_uris: ['javascript:alert(1)'] },
    { redirect_uris: ['myapp:/cb'] },
  ])('refuses the redirect URIs %o', async (metadata) => {
    const { status, body } = await register(createServer(), metadata)
    expect([status, body['error']]).toEqual([400, 'invalid_redirect_uri'])
  })

  const privateKey = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'd' }

  test.each<unknown>([
    'no json',
    '[]',
    { ...web, redirect_uris: 'https://app.example/cb' },
    { ...web, client_name: 7 },
    { ...web, grant_types: ['authorization_code', 'unheard-of'] },
    { ...web, grant_types: ['refresh_token'], response_types: ['code'] },
    { ...web, response_types: ['token'] },
    { ...web, response_types: [] },
    { ...web, token_endpoint_auth_method: 'unheard-of' },
    { ...web, token_endpoint_auth_method: 'private_key_jwt' },
    { ...web, require_signed_request_object: true },
    { ...web, require_pushed_authorization_requests: 'yes' },
    { ...web, scope: 'unheard-of' },
    { ...web, authorization_details_types: ['unheard_of'] },
    { ...web, userinfo_signed_response_alg: 'RS256' },
    { ...web, jwks_uri: 'https://app.example/jwks' },
    { ...web, jwks: { keys: [] } },
    { ...web, jwks: { keys: [privateKey] } },
  ])('refuses the metadata %o', async (metadata) => {
    const server = createServer()
    const { status, body } = await register(server, metadata)
    expect([status, body['error']]).toEqual([400, 'invalid_client_metadata'])
    expect(server.ledger.count({ endpoint: 'register', error: 'invalid_client_metadata' })).toBe(1)
  })

  test('refuses a form, and a body that is too large', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    expect((await register(createServer(), web, form)).body['error']).toBe('invalid_client_metadata')
    expect((await register(createServer(), { ...web, client_name: 'x'.repeat(70_000) })).status).toBe(413)
  })

  test('asks for the initial access token', async () => {
    const server = createServer({ initialAccessToken: 'letmein' })
    for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: 'Basic letmein' }]) {
      const refused = await register(server, web, headers)
      expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_token'])
      expect(refused.headers.get('www-authenticate')).toContain('Bearer realm="registration"')
    }
    expect((await register(server, web, { Authorization: 'Bearer letmein' })).status).toBe(201)
  })

  test('keeps the latest thousand', async () => {
    const server = createServer()
    const first = await register(server, web)
    const clientIds = new Set([first.body['client_id']])
    for (let index = 0; index < 999; index++) clientIds.add((await register(server, web)).body['client_id'])
    expect(clientIds.size).toBe(1000)
    const visit = async () => {
      const url = await authorizationUrl({ client_id: String(first.body['client_id']), prompt: 'none' })
      return (await server.fetch(new Request(url))).status
    }
    expect(await visit()).toBe(303)
    await register(server, web)
    expect(await visit()).toBe(400)
  })
})

describe('the registration of a client', () => {
  async function prepare() {
    const server = createServer()
    const { body } = await register(server, { ...web, token_endpoint_auth_method: 'none' })
    const url = String(body['registration_client_uri'])
    const headers = { Authorization: `Bearer ${body['registration_access_token']}` }
    return { server, registered: body, url, headers }
  }

  test('can be read', async () => {
    const { server, registered, url, headers } = await prepare()
    const { status, body } = await send(server, url, { headers })
    expect([status, body]).toEqual([200, registered])
  })

  test('can be ended, and its tokens with it', async () => {
    const { server, registered, url, headers } = await prepare()
    const clientId = String(registered['client_id'])
    const code = (await server.signIn({ url: await authorizationUrl({ client_id: clientId }) })).searchParams
    const { body } = await post(server, '/token', {
      grant_type: 'authorization_code',
      client_id: clientId,
      code: code.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    })
    const bearer = { Authorization: `Bearer ${body['access_token']}` }
    expect((await post(server, '/userinfo', {}, bearer)).status).toBe(200)
    expect((await send(server, url, { method: 'DELETE', headers })).status).toBe(204)
    expect((await post(server, '/userinfo', {}, bearer)).status).toBe(401)
    expect((await send(server, url, { headers })).status).toBe(401)
    expect((await post(server, '/revoke', { client_id: clientId, token: 'x' })).status).toBe(401)
  })

  test('opens to its own token only, and a client given by option has none', async () => {
    const { server, url } = await prepare()
    const other = await register(server, web)
    const headers = { Authorization: `Bearer ${other.body['registration_access_token']}` }
    for (const init of [{}, { headers }, { headers: { Authorization: 'Bearer ' } }]) {
      const { status, body } = await send(server, url, init)
      expect([status, body['error']]).toEqual([401, 'invalid_token'])
    }
    const ofSpa = `${issuer}/register/client?client_id=spa`
    expect((await send(server, ofSpa, { headers, method: 'DELETE' })).status).toBe(401)
    expect((await send(server, url, { headers, method: 'PUT', body: '{}' })).status).toBe(405)
  })
})
