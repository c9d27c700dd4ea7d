import { jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import {
  basic,
  bearer,
  claimsOf,
  createDialectServer,
  headerOf,
  noon,
  origin,
  postForm,
  postJson,
  send,
} from './dialect.test-support.ts'

const tokenPath = '/oxauth/seam/resource/restv1/oxauth/token'
const clientId = '@!1111!0008!FF81!2D39'
const secret = 'storage+secret/100%=&'
const raw = basic(clientId, secret)
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

const withCredentials = (server: ReferenceServer, scope = 'storage', headers: HeadersInit = raw) =>
  postForm(server, tokenPath, { grant_type: 'client_credentials', scope }, headers)

const withPassword = (server: ReferenceServer, changes = {}) => {
  const form = { grant_type: 'password', username: 'ada', password: 'password', scope: 'openid' }
  return postForm(server, tokenPath, { ...form, ...changes }, raw)
}

describe('client_credentials', () => {
  test('answers an opaque uuid, with a type in lower case and no refresh token', async () => {
    const { status, body, headers } = await withCredentials(createDialectServer('gluu'))
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.stringMatching(uuid),
      token_type: 'bearer',
      expires_in: 3600,
      scope: 'storage',
    })
    expect(headers.get('cache-control')).toBe('no-store, private')
    expect(headers.get('pragma')).toBe('no-cache')
  })

  test('sends the same cache headers with errors', async () => {
    const { status, headers } = await withCredentials(createDialectServer('gluu'), 'unheard-of')
    expect(status).toBe(400)
    expect(headers.get('cache-control')).toBe('no-store, private')
  })
})

describe('client authentication', () => {
  test('takes HTTP Basic as it is, and refuses it form-encoded', async () => {
    const server = createDialectServer('gluu')
    const encoded = basic(encodeURIComponent(clientId), encodeURIComponent(secret))
    const halves = [basic(clientId, encodeURIComponent(secret)), basic(encodeURIComponent(clientId), secret)]
    for (const headers of [encoded, ...halves]) {
      expect(await withCredentials(server, 'storage', headers)).toMatchObject({
        status: 401,
        body: { error: 'invalid_client' },
      })
    }
  })

  test('takes no secret from the form, and no client without one', async () => {
    const server = createDialectServer('gluu')
    const form = { grant_type: 'client_credentials', client_id: clientId }
    expect((await postForm(server, tokenPath, { ...form, client_secret: secret })).status).toBe(401)
    expect((await postForm(server, tokenPath, form)).status).toBe(401)
  })

  test.each(['Basic', 'Basic !!!', `Basic ${btoa('no-colon')}`])('refuses %s', async (header) => {
    const answer = await withCredentials(createDialectServer('gluu'), 'storage', { Authorization: header })
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  })
})

describe('the password grant', () => {
  test('answers an HS256 ID token whose exp is in milliseconds', async () => {
    const { body } = await withPassword(createDialectServer('gluu'))
    expect(body).toMatchObject({
      access_token: expect.stringMatching(uuid),
      refresh_token: expect.stringMatching(uuid),
      token_type: 'bearer',
    })
    expect(headerOf(body['id_token'])).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect(claimsOf(body['id_token'])).toEqual({
      iss: origin,
      sub: '@!1111!0000!D4E7',
      aud: clientId,
      iat: noon,
      exp: (noon + 3600) * 1000,
      user_id: 'ada',
      oxInum: '@!1111!0008',
      oxValidationURI: `${origin}/oxauth/seam/resource/restv1/oxauth/validate`,
      oxOpenIDConnectVersion: 'openidconnect-1.0',
    })
  })

  test('signs it with the client secret', async () => {
    const { body } = await withPassword(createDialectServer('gluu'))
    const key = new TextEncoder().encode(secret)
    const { payload } = await jwtVerify(String(body['id_token']), key, { algorithms: ['HS256'] })
    expect(payload.aud).toBe(clientId)
    const wrong = jwtVerify(String(body['id_token']), new TextEncoder().encode('another secret'))
    await expect(wrong).rejects.toThrow()
  })

  test('answers no ID token without openid, and can be refreshed', async () => {
    const server = createDialectServer('gluu')
    const { body } = await withPassword(server, { scope: 'storage' })
    expect(body).not.toHaveProperty('id_token')
    const form = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) }
    const refreshed = await postForm(server, tokenPath, form, raw)
    expect(refreshed.body['access_token']).toMatch(uuid)
    expect(refreshed.body['access_token']).not.toBe(body['access_token'])
  })
})

describe('GAT', () => {
  async function discover(server: ReferenceServer): Promise<string> {
    const { body } = await send(server, '/.well-known/uma-configuration')
    expect(body).toMatchObject({ issuer: origin, token_endpoint: origin + tokenPath })
    return new URL(String(body['gat_endpoint'])).pathname
  }

  async function ask(
    server: ReferenceServer,
    scopes: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const { body } = await withCredentials(server, 'uma_authorization')
    const all = { ...bearer(body['access_token']), GAT: 'true', ...headers }
    return postJson(server, await discover(server), { scopes }, all)
  }

  async function getRpt(server: ReferenceServer, scopes: readonly string[]): Promise<unknown> {
    return (await ask(server, scopes)).body['rpt']
  }

  const resource = (server: ReferenceServer, headers: HeadersInit, method = 'GET') =>
    send(server, '/gat/resource', { method, headers })

  test('answers an rpt whose content is exp, iat and scopes', async () => {
    const { status, body, headers } = await ask(createDialectServer('gluu'), ['view', 'manage'])
    expect([status, headers.get('gat')]).toEqual([200, 'true'])
    expect(Object.keys(body)).toEqual(['rpt'])
    expect(claimsOf(body['rpt'])).toEqual({ exp: noon + 3600, iat: noon, scopes: ['view', 'manage'] })
  })

  test('opens the resource for its scopes', async () => {
    const server = createDialectServer('gluu')
    const headers = { ...bearer(await getRpt(server, ['view'])), GAT: 'true' }
    const answer = await resource(server, headers)
    expect(answer).toMatchObject({ status: 200, body: { scopes: ['view'] } })
    expect(answer.headers.get('gat')).toBe('true')
    expect(await resource(server, headers, 'POST')).toMatchObject({ status: 403 })
    const managing = { ...bearer(await getRpt(server, ['manage'])), GAT: 'true' }
    expect((await resource(server, managing, 'POST')).status).toBe(200)
  })

  test('is plain UMA at the resource where the header is missing', async () => {
    const server = createDialectServer('gluu')
    const answer = await resource(server, bearer(await getRpt(server, ['view'])))
    expect(answer).toMatchObject({ status: 403, body: { ticket: expect.stringMatching(uuid) } })
    expect(answer.headers.get('www-authenticate')).toBe(`UMA realm="gat-resource", as_uri="${origin}"`)
  })

  test('is refused at the resource once it has expired, and where it is unknown', async () => {
    const server = createDialectServer('gluu')
    const headers = { ...bearer(await getRpt(server, ['view'])), GAT: 'true' }
    server.clock.advance(3600)
    expect((await resource(server, headers)).status).toBe(401)
    expect((await resource(server, { GAT: 'true' })).status).toBe(401)
    expect((await resource(server, { ...bearer('unknown'), GAT: 'true' })).status).toBe(401)
  })

  test('needs its header, a good access token and known scopes', async () => {
    const server = createDialectServer('gluu')
    expect((await ask(server, ['view'], { GAT: 'false' })).body).toMatchObject({ error: 'invalid_request' })
    expect((await ask(server, ['view'], bearer('unknown'))).status).toBe(401)
    const { body } = await withCredentials(server, 'storage')
    const refused = await ask(server, ['view'], bearer(body['access_token']))
    expect(refused.headers.get('www-authenticate')).toContain('scope="uma_authorization"')
    expect(await ask(server, ['delete'])).toMatchObject({ status: 403, body: { error: 'invalid_scope' } })
    expect((await ask(server, [])).status).toBe(400)
    expect((await ask(server, 'view')).status).toBe(400)
  })

  test('has the scopes that the server is told', async () => {
    const server = createDialectServer('gluu', { gluu: { gatScopes: ['delete'] } })
    expect((await ask(server, ['delete'])).status).toBe(200)
    expect((await ask(server, ['view'])).status).toBe(403)
  })
})
