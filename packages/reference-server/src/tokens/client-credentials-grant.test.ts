import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { createServer, post, publicClient } from '../test-support.ts'

const daemon = { clientId: 'daemon', clientSecret: 'a secret', grantTypes: ['client_credentials'] }
const clients = [daemon, { ...publicClient, grantTypes: ['client_credentials'] }]
const ask = (form: Record<string, string> = {}, options: Parameters<typeof createServer>[0] = {}) =>
  post(createServer({ clients, ...options }), '/token', {
    grant_type: 'client_credentials',
    client_id: 'daemon',
    client_secret: 'a secret',
    ...form,
  })

describe('client_credentials', () => {
  test('gives a token in the client’s own name, and nothing else', async () => {
    const { status, body } = await ask({ scope: 'orders.read' }, { audience: 'https://api.example' })
    expect(status).toBe(200)
    const members = { token_type: 'Bearer', expires_in: 3600, scope: 'orders.read' }
    expect(body).toEqual({ ...members, access_token: expect.any(String) })
    const claims = decodeJwt(body['access_token'] ?? '')
    expect(claims).toMatchObject({ sub: 'daemon', client_id: 'daemon', aud: 'https://api.example' })
    expect(claims).not.toHaveProperty('auth_time')
  })

  test('without a scope gives one that has none', async () => {
    const { status, body } = await ask()
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('scope')
  })

  test.each([
    ['an unknown scope', { scope: 'orders.burn' }, {}],
    ['openid', { scope: 'openid' }, {}],
    ['offline_access', { scope: 'offline_access' }, {}],
    [
      'a scope it is not registered for',
      { scope: 'orders.write' },
      { clients: [{ ...daemon, scopes: ['orders.read'] }] },
    ],
  ])('is refused with %s', async (_name, form, options) => {
    expect((await ask(form, options)).body['error']).toBe('invalid_scope')
  })

  test('is refused to public clients, to unregistered ones, and with a wrong secret', async () => {
    const server = createServer({ clients })
    const asPublic = await post(server, '/token', { grant_type: 'client_credentials', client_id: 'spa' })
    expect([asPublic.status, asPublic.body['error']]).toEqual([400, 'unauthorized_client'])
    const unregistered = await ask({}, { clients: [{ ...daemon, grantTypes: ['refresh_token'] }] })
    expect(unregistered.body['error']).toBe('unauthorized_client')
    const wrong = await ask({ client_secret: 'wrong' })
    expect([wrong.status, wrong.body['error']]).toEqual([401, 'invalid_client'])
  })
})
