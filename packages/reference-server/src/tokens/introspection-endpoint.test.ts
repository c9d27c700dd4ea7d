import { decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import {
  confidentialClient,
  createServer,
  getTokens,
  issuer,
  type JsonAnswer,
  post,
  refresh,
} from '../test-support.ts'
import type { ReferenceServer } from '../create-reference-server.ts'

const { clientId, clientSecret } = confidentialClient
const credentials = { client_id: clientId, client_secret: clientSecret }

const introspect = (server: ReferenceServer, token: string | undefined): Promise<JsonAnswer> =>
  post(server, '/introspect', { ...credentials, token })

const inactive = { active: false }

describe('an access token', () => {
  test('is described to any confidential client', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server, { acr_values: 'gold' })
    const { status, headers, body } = await introspect(server, token)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      active: true,
      iss: issuer,
      client_id: 'spa',
      sub: 'ada',
      username: 'ada',
      aud: issuer,
      token_type: 'Bearer',
      scope: 'openid profile',
      jti: 'at-1',
      iat: 1_800_000_000,
      exp: 1_800_003_600,
      auth_time: 1_800_000_000,
      acr: 'gold',
    })
  })

  test('is inactive once it has expired, was revoked, or its family was', async () => {
    const server = createServer()
    const { access_token: first, refresh_token: refreshToken } = await getTokens(server)
    const { access_token: second } = await getTokens(server)
    await post(server, '/revoke', { client_id: 'spa', token: first })
    expect((await introspect(server, first)).body).toEqual(inactive)
    server.revokeFamily('family-2')
    expect((await introspect(server, second)).body).toEqual(inactive)
    const third = (await refresh(server, refreshToken)).body['access_token']
    expect((await introspect(server, third)).body['active']).toBe(true)
    server.clock.advance(3600)
    expect((await introspect(server, third)).body).toEqual(inactive)
  })

  test('nobody issued is inactive, and so is an ID token', async () => {
    const server = createServer()
    const { id_token: idToken } = await getTokens(server)
    expect((await introspect(server, 'unknown')).body).toEqual(inactive)
    expect((await introspect(server, idToken)).body).toEqual(inactive)
  })
})

describe('a refresh token', () => {
  const keeper = { ...confidentialClient, redirectUris: ['https://app.example/callback'] }

  async function prepare() {
    const server = createServer({ clients: [keeper, { ...keeper, clientId: 'other' }] })
    const url = new URL(`${issuer}/authorize`)
    const query = { client_id: clientId, redirect_uri: 'https://app.example/callback', response_type: 'code' }
    url.search = new URLSearchParams({ ...query, scope: 'openid' }).toString()
    const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
    const form = { grant_type: 'authorization_code', code, redirect_uri: 'https://app.example/callback' }
    const { body } = await post(server, '/token', { ...credentials, ...form })
    return { server, refreshToken: body['refresh_token'] }
  }

  test('is described to its own client, until it is spent', async () => {
    const { server, refreshToken } = await prepare()
    const { body } = await introspect(server, refreshToken)
    expect(body).toMatchObject({
      active: true,
      client_id: clientId,
      sub: 'ada',
      scope: 'openid',
      jti: 'rt-1',
    })
    expect(body).not.toHaveProperty('token_type')
    await post(server, '/token', { ...credentials, grant_type: 'refresh_token', refresh_token: refreshToken })
    expect((await introspect(server, refreshToken)).body).toEqual(inactive)
  })

  test('is inactive to anybody else', async () => {
    const { server, refreshToken } = await prepare()
    const form = { client_id: 'other', client_secret: clientSecret, token: refreshToken }
    expect((await post(server, '/introspect', form)).body).toEqual(inactive)
  })
})

test('the answer can be a JWT', async () => {
  const server = createServer()
  const { access_token: token = '' } = await getTokens(server)
  const response = await server.fetch(
    new Request(`${issuer}/introspect`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, client_secret: clientSecret ?? '', token }),
      headers: { Accept: 'application/token-introspection+jwt' },
    }),
  )
  expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
  const jwt = await response.text()
  expect(decodeProtectedHeader(jwt).typ).toBe('token-introspection+jwt')
  const { keys } = (await (await server.fetch(new Request(`${issuer}/jwks`))).json()) as {
    keys: [JsonWebKey]
  }
  const options = { issuer, audience: clientId, currentDate: new Date(1_800_000_000_000) }
  const { payload } = await jwtVerify(jwt, keys[0], options)
  expect(payload['token_introspection']).toMatchObject({ active: true, sub: 'ada' })
})

test.each<[string, number, Record<string, string | undefined>]>([
  ['invalid_client', 401, { client_id: 'spa', token: 'x' }],
  ['invalid_client', 401, { client_id: clientId, client_secret: 'wrong', token: 'x' }],
  ['invalid_client', 401, { token: 'x' }],
  ['invalid_request', 400, credentials],
])('%s %i for %o', async (error, status, form) => {
  const answer = await post(createServer(), '/introspect', form)
  expect([answer.status, answer.body['error']]).toEqual([status, error])
})
