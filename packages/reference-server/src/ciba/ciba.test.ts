import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { cibaGrantType as grantType } from '../grant-types.ts'
import { createServer, getTokens, type JsonAnswer, post, publicClient } from '../test-support.ts'

const desk = { clientId: 'desk', clientSecret: 's', grantTypes: [grantType, 'refresh_token'] }
const asDesk = { client_id: 'desk', client_secret: 's' }
const users = [
  { username: 'ada', password: 'x', claims: { email: 'ada@example.com' } },
  { username: 'grace', password: 'x', claims: { sub: 'user-2' } },
]

const prepare = (options: Parameters<typeof createServer>[0] = {}): ReferenceServer =>
  createServer({ clients: [publicClient, desk], users, ...options })

const ask = (server: ReferenceServer, form: Record<string, string | undefined> = {}) =>
  post(server, '/backchannel-authenticate', { ...asDesk, scope: 'openid', login_hint: 'ada', ...form })

const poll = (server: ReferenceServer, id: string | undefined, form: Record<string, string> = {}) =>
  post(server, '/token', { grant_type: grantType, ...asDesk, auth_req_id: id, ...form })

const errorOf = ({ status, body }: JsonAnswer) => [status, body['error']]

describe('the backchannel authentication endpoint', () => {
  test('gives the id to poll with', async () => {
    const { status, body } = await ask(prepare(), { binding_message: 'W4SCT' })
    expect(status).toBe(200)
    expect(body).toEqual({
      auth_req_id: expect.stringMatching(/^[\w-]{43}$/),
      expires_in: 120,
      interval: 5,
    })
  })

  test('honours a shorter expiry that is asked for, and no longer one', async () => {
    expect((await ask(prepare(), { requested_expiry: '30' })).body['expires_in']).toBe(30)
    expect((await ask(prepare(), { requested_expiry: '3000' })).body['expires_in']).toBe(120)
  })

  test.each([
    ['ada', 'ada'],
    ['ada@example.com', 'ada'],
    ['user-2', 'user-2'],
  ])('knows the user by %s', async (hint, subject) => {
    const server = prepare()
    const { body } = await ask(server, { login_hint: hint })
    server.approveBackchannelAuthentication()
    const tokens = await poll(server, body['auth_req_id'])
    expect(decodeJwt(tokens.body['id_token'] ?? '')['sub']).toBe(subject)
  })

  test('knows the user by an ID token', async () => {
    const server = prepare()
    const { id_token: idToken } = await getTokens(server)
    expect((await ask(server, { login_hint: undefined, id_token_hint: idToken })).status).toBe(200)
  })

  test.each<[string, string, Record<string, string | undefined>]>([
    ['without a hint', 'invalid_request', { login_hint: undefined }],
    ['with two hints', 'invalid_request', { id_token_hint: 'x.y.z' }],
    ['with a hint token', 'invalid_request', { login_hint: undefined, login_hint_token: 'x' }],
    ['with a wrong ID token', 'invalid_request', { login_hint: undefined, id_token_hint: 'x.y.z' }],
    ['with an unknown user', 'unknown_user_id', { login_hint: 'nobody' }],
    ['without openid', 'invalid_scope', { scope: 'profile' }],
    ['with an unknown scope', 'invalid_scope', { scope: 'openid x' }],
    ['with a long message', 'invalid_binding_message', { binding_message: 'x'.repeat(129) }],
    ['with a wrong expiry', 'invalid_request', { requested_expiry: '0' }],
  ])('refuses a request %s', async (_name, error, form) => {
    expect(errorOf(await ask(prepare(), form))).toEqual([400, error])
  })

  test('refuses unproved, public and unregistered clients', async () => {
    const clients = [
      { ...publicClient, grantTypes: [grantType] },
      { ...desk, grantTypes: ['refresh_token'] },
    ]
    const server = prepare({ clients })
    expect(errorOf(await ask(server, { client_secret: 'wrong' }))).toEqual([401, 'invalid_client'])
    expect(errorOf(await ask(server))).toEqual([400, 'unauthorized_client'])
    const asPublic = { client_id: 'spa', client_secret: undefined }
    expect(errorOf(await ask(server, asPublic))).toEqual([400, 'unauthorized_client'])
  })
})

describe('a poll', () => {
  test('waits, and then gives tokens once', async () => {
    const server = prepare()
    const { auth_req_id: id = '' } = (await ask(server, { acr_values: 'gold' })).body
    expect(errorOf(await poll(server, id))).toEqual([400, 'authorization_pending'])
    server.approveBackchannelAuthentication({ authReqId: id })
    const { status, body } = await poll(server, id)
    expect(status).toBe(200)
    const claims = { sub: 'ada', aud: 'desk', acr: 'gold', auth_time: 1_800_000_000 }
    expect(decodeJwt(body['id_token'] ?? '')).toMatchObject(claims)
    expect(body['refresh_token']).toMatch(/^[\w-]{43}$/)
    expect(errorOf(await poll(server, id))).toEqual([400, 'invalid_grant'])
  })

  test('that comes too soon is slowed down', async () => {
    const server = prepare()
    const { auth_req_id: id } = (await ask(server)).body
    await poll(server, id)
    server.clock.advance(4)
    expect(errorOf(await poll(server, id))).toEqual([400, 'slow_down'])
    server.clock.advance(10)
    expect(errorOf(await poll(server, id))).toEqual([400, 'authorization_pending'])
  })

  test('hears of a refusal and of the end', async () => {
    const server = prepare()
    const { auth_req_id: refused } = (await ask(server)).body
    server.approveBackchannelAuthentication({ decision: 'deny' })
    expect(errorOf(await poll(server, refused))).toEqual([400, 'access_denied'])
    const { auth_req_id: late = '' } = (await ask(server)).body
    server.clock.advance(120)
    expect(errorOf(await poll(server, late))).toEqual([400, 'expired_token'])
    expect(() => server.approveBackchannelAuthentication({ authReqId: late })).toThrow(
      'is waiting by this id',
    )
    expect(() => server.approveBackchannelAuthentication()).toThrow(TypeError)
  })

  test('is refused without an id, with an unknown one, and to another client', async () => {
    const other = { ...desk, clientId: 'branch' }
    const server = prepare({ clients: [desk, other] })
    const { auth_req_id: id } = (await ask(server)).body
    expect(errorOf(await poll(server, undefined))).toEqual([400, 'invalid_request'])
    expect(errorOf(await poll(server, 'unknown'))).toEqual([400, 'invalid_grant'])
    expect(errorOf(await poll(server, id, { client_id: 'branch' }))).toEqual([400, 'invalid_grant'])
  })
})
