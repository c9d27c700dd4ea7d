import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { createServer, getTokens, issuer, post, publicClient } from '../test-support.ts'

const claims = {
  sub: 'user-1',
  name: 'Ada Example',
  email: 'ada@example.com',
  email_verified: true,
  phone_number: '+1 555 0100',
  address: { country: 'NZ' },
  secret_note: 'never shown',
}
const users = [{ username: 'ada', password: 'password', claims }]

const get = (server: ReferenceServer, headers: HeadersInit = {}): Promise<Response> =>
  server.fetch(new Request(`${issuer}/userinfo`, { headers }))

const bearer = (token: string | undefined): HeadersInit => ({ Authorization: `Bearer ${token}` })

describe('userinfo', () => {
  test.each([
    ['openid', { sub: 'user-1' }],
    ['openid profile', { sub: 'user-1', name: 'Ada Example' }],
    ['openid email', { sub: 'user-1', email: 'ada@example.com', email_verified: true }],
    ['openid phone address', { sub: 'user-1', phone_number: '+1 555 0100', address: { country: 'NZ' } }],
  ])('gives the claims of %s', async (scope, expected) => {
    const server = createServer({ users })
    const { access_token: token } = await getTokens(server, { scope })
    const response = await get(server, bearer(token))
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual(expected)
  })

  test('takes the token by POST, in the header or the form', async () => {
    const server = createServer()
    const { access_token: token = '' } = await getTokens(server)
    expect((await post(server, '/userinfo', {}, bearer(token))).body['sub']).toBe('ada')
    expect((await post(server, '/userinfo', { access_token: token })).body['sub']).toBe('ada')
    const both = await post(server, '/userinfo', { access_token: token }, bearer(token))
    expect([both.status, both.body['error']]).toEqual([400, 'invalid_request'])
  })

  test('asks for a token without naming an error', async () => {
    const response = await get(createServer())
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="userinfo", DPoP realm="userinfo", algs="ES256 /,
    )
  })

  test('refuses a wrong token', async () => {
    const response = await get(createServer(), bearer('wrong'))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"')
    expect(await response.json()).toMatchObject({ error: 'invalid_token' })
  })

  test('refuses an expired token', async () => {
    const server = createServer({ lifetimes: { accessToken: 60 } })
    const { access_token: token } = await getTokens(server)
    server.clock.advance(60)
    expect((await get(server, bearer(token))).status).toBe(401)
  })

  test('refuses a token without openid', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server, { scope: 'profile' })
    const response = await get(server, bearer(token))
    expect(response.status).toBe(403)
    expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"')
    expect(response.headers.get('www-authenticate')).toContain('scope="openid"')
  })
})

describe('signed userinfo', () => {
  test('comes to the client that asked for it', async () => {
    const signing = { ...publicClient, userinfoSignedResponseAlg: 'ES256' as const }
    const server = createServer({ users, clients: [signing] })
    const { access_token: token } = await getTokens(server, { scope: 'openid email' })
    const response = await get(server, bearer(token))
    expect(response.headers.get('content-type')).toBe('application/jwt')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const keySet = (await (await server.fetch(new Request(`${issuer}/jwks`))).json()) as {
      keys: [JsonWebKey]
    }
    const { payload } = await jwtVerify(await response.text(), keySet.keys[0])
    const user = { sub: 'user-1', email: 'ada@example.com', email_verified: true }
    expect(payload).toEqual({ iss: issuer, aud: 'spa', ...user })
  })

  test('is refused in plain', async () => {
    const signing = { ...publicClient, userinfoSignedResponseAlg: 'ES256' as const }
    const response = await get(createServer({ clients: [signing] }), bearer('wrong'))
    expect(await response.json()).toMatchObject({ error: 'invalid_token' })
  })
})
