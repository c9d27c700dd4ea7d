import { expect, test } from 'vitest'
import { createServer, issuer, post, publicClient } from '../test-support.ts'

test.each<[string, Record<string, string>]>([
  ['invalid_request', {}],
  ['unsupported_grant_type', { grant_type: 'password' }],
  ['unsupported_grant_type', { grant_type: 'toString' }],
])('%s for %o', async (error, form) => {
  const { status, headers, body } = await post(createServer(), '/token', { client_id: 'spa', ...form })
  expect(status).toBe(400)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(body['error']).toBe(error)
  expect(body['error_description']).toEqual(expect.any(String))
})

test('a client must be registered for the grant', async () => {
  const clients = [{ ...publicClient, grantTypes: ['authorization_code'] }]
  const form = { client_id: 'spa', grant_type: 'refresh_token', refresh_token: 'x' }
  const { status, body } = await post(createServer({ clients }), '/token', form)
  expect([status, body['error']]).toEqual([400, 'unauthorized_client'])
})

test('a parameter may not be repeated', async () => {
  const body = 'client_id=spa&grant_type=refresh_token&grant_type=authorization_code'
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const response = await createServer().fetch(
    new Request(`${issuer}/token`, { method: 'POST', body, headers }),
  )
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_request' })
})

test('the body must be a form', async () => {
  const body = JSON.stringify({ client_id: 'spa' })
  const headers = { 'Content-Type': 'application/json' }
  const response = await createServer().fetch(
    new Request(`${issuer}/token`, { method: 'POST', body, headers }),
  )
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_request' })
})

test('what it is sent stays out of the ledger where it is secret', async () => {
  const server = createServer()
  const secrets = { code: 'S1', code_verifier: 'S2', refresh_token: 'S3', client_secret: 'S4', token: 'S5' }
  await post(server, '/token', { client_id: 'spa', grant_type: 'refresh_token', scope: 'openid', ...secrets })
  expect(server.ledger.requests[0]).toMatchObject({
    endpoint: 'token',
    method: 'POST',
    path: '/token',
    clientId: 'spa',
    grantType: 'refresh_token',
    status: 401,
    error: 'invalid_client',
    parameters: { scope: 'openid', code: '[masked]', refresh_token: '[masked]' },
  })
  expect(JSON.stringify(server.ledger)).not.toMatch(/"S\d"/)
})
