import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import {
  authorizationUrl,
  codeForm,
  confidentialClient,
  createServer,
  getTokens,
  issuer,
  post,
  publicClient,
  refresh,
} from '../test-support.ts'

async function verify(server: ReferenceServer, token: string | undefined, audience: string, typ: string) {
  const response = await server.fetch(new Request(`${issuer}/jwks`))
  const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
  const currentDate = new Date(server.clock.now() * 1000)
  return jwtVerify(token ?? '', keys, { issuer, audience, typ, currentDate })
}

describe('the token answer', () => {
  test('has the members and headers of RFC 6749', async () => {
    const server = createServer()
    const { status, headers, body } = await post(server, '/token', await codeForm(server))
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('pragma')).toBe('no-cache')
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile' })
  })

  test('holds an access token as RFC 9068 wants it', async () => {
    const server = createServer({ audience: 'https://api.example', lifetimes: { accessToken: 120 } })
    const { access_token: token } = await getTokens(server, { acr_values: 'gold' })
    const { payload } = await verify(server, token, 'https://api.example', 'at+jwt')
    expect(payload).toEqual({
      iss: issuer,
      sub: 'ada',
      aud: 'https://api.example',
      client_id: 'spa',
      jti: 'at-1',
      iat: 1_800_000_000,
      exp: 1_800_000_120,
      scope: 'openid profile',
      auth_time: 1_800_000_000,
      acr: 'gold',
    })
  })

  test('holds an ID token for this client and this request', async () => {
    const server = createServer({ lifetimes: { idToken: 300 } })
    const form = await codeForm(server, { acr_values: 'gold silver' })
    server.clock.advance(30)
    const { body } = await post(server, '/token', form)
    const { payload } = await verify(server, body['id_token'], 'spa', 'JWT')
    expect(payload).toEqual({
      iss: issuer,
      sub: 'ada',
      aud: 'spa',
      iat: 1_800_000_030,
      exp: 1_800_000_330,
      auth_time: 1_800_000_000,
      nonce: 'no-1',
      acr: 'gold',
      at_hash: expect.stringMatching(/^[\w-]{22}$/),
      sid: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  test('holds no ID token without openid, and no nonce without one', async () => {
    const server = createServer()
    expect(await getTokens(server, { scope: 'orders.read' })).not.toHaveProperty('id_token')
    const { id_token: idToken = '' } = await getTokens(server, { nonce: undefined })
    expect(decodeJwt(idToken)).not.toHaveProperty('nonce')
  })

  test('holds a refresh token only for a client with that grant', async () => {
    const clients = [{ ...publicClient, grantTypes: ['authorization_code'] }]
    expect(await getTokens(createServer())).toHaveProperty('refresh_token')
    expect(await getTokens(createServer({ clients }))).not.toHaveProperty('refresh_token')
  })
})

describe('a code', () => {
  test.each<[string, string, Record<string, string | undefined>]>([
    ['invalid_request', 'is missing', { code: undefined }],
    ['invalid_grant', 'is unknown', { code: 'unknown' }],
    ['invalid_grant', 'comes with another redirect URI', { redirect_uri: 'http://127.0.0.1/callback' }],
    ['invalid_grant', 'comes without redirect URI', { redirect_uri: undefined }],
    ['invalid_request', 'comes without verifier', { code_verifier: undefined }],
    ['invalid_request', 'comes with a malformed verifier', { code_verifier: 'short' }],
    [
      'invalid_grant',
      'comes with another verifier',
      { code_verifier: 'another-verifier-of-forty-three-characters-' },
    ],
  ])('gets %s when it %s', async (error, _name, changes) => {
    const server = createServer()
    const form = await codeForm(server)
    const { status, body } = await post(server, '/token', { ...form, ...changes })
    expect(status).toBe(400)
    expect(body['error']).toBe(error)
    expect((await post(server, '/token', form)).status).toBe(200)
  })

  test('expires', async () => {
    const server = createServer({ lifetimes: { code: 10 } })
    const form = await codeForm(server)
    server.clock.advance(10)
    expect((await post(server, '/token', form)).body['error']).toBe('invalid_grant')
  })

  test('belongs to one client', async () => {
    const server = createServer()
    const { clientId, clientSecret } = confidentialClient
    const form = { ...(await codeForm(server)), client_id: clientId, client_secret: clientSecret }
    expect((await post(server, '/token', form)).body['error']).toBe('invalid_grant')
  })

  test('works once; a replay revokes what it led to', async () => {
    const server = createServer()
    const form = await codeForm(server)
    const { body: tokens } = await post(server, '/token', form)
    server.clock.advance(600)
    const { body } = await post(server, '/token', form)
    expect(body['error']).toBe('invalid_grant')
    expect(server.ledger.countEvents('code_replayed')).toBe(1)
    expect((await refresh(server, tokens['refresh_token'])).body['error']).toBe('invalid_grant')
    const headers = { Authorization: `Bearer ${tokens['access_token']}` }
    expect((await post(server, '/userinfo', {}, headers)).status).toBe(401)
  })

  test('exchanged twice at once gives tokens once', async () => {
    const server = createServer()
    const form = await codeForm(server)
    const answers = await Promise.all([post(server, '/token', form), post(server, '/token', form)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
  })

  test('without a challenge takes no verifier', async () => {
    const server = createServer()
    const { clientId, clientSecret, redirectUris } = confidentialClient
    const redirect = { client_id: clientId, redirect_uri: redirectUris[0] }
    const noPkce = { code_challenge: undefined, code_challenge_method: undefined }
    const url = await authorizationUrl({ ...redirect, ...noPkce })
    const code = (await server.signIn({ url })).searchParams.get('code') ?? undefined
    const form = { grant_type: 'authorization_code', code, ...redirect, client_secret: clientSecret }
    const stripped = await post(server, '/token', { ...form, code_verifier: 'v'.repeat(43) })
    expect(stripped.body['error']).toBe('invalid_grant')
    expect((await post(server, '/token', form)).status).toBe(200)
  })
})
