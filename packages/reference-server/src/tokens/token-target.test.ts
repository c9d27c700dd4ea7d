import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { deviceCodeGrantType } from '../grant-types.ts'
import { createServer, post } from '../test-support.ts'

const daemon = { clientId: 'daemon', clientSecret: 'secret', grantTypes: ['client_credentials'] }
const television = { clientId: 'tv', grantTypes: [deviceCodeGrantType] }
const resources = [{ identifier: 'https://api.example', scopes: ['orders.read'] }]

const ask = (form: Record<string, string>) =>
  post(createServer({ clients: [daemon], resources }), '/token', {
    grant_type: 'client_credentials',
    client_id: 'daemon',
    client_secret: 'secret',
    scope: 'orders.read orders.write',
    ...form,
  })

describe('a program', () => {
  test('names the resource and the rights of its token', async () => {
    const details = [{ type: 'payment_initiation', amount: '1' }]
    const { body } = await ask({
      resource: 'https://api.example',
      authorization_details: JSON.stringify(details),
    })
    expect(body).toMatchObject({ scope: 'orders.read', authorization_details: details })
    const claims = decodeJwt(body['access_token'] ?? '')
    expect(claims).toMatchObject({ aud: 'https://api.example', scope: 'orders.read' })
    expect(claims['authorization_details']).toEqual(details)
  })

  test.each([
    ['invalid_target', { resource: 'https://other.example' }],
    ['invalid_authorization_details', { authorization_details: '[{"type":"unheard_of"}]' }],
  ])('hears %s for %o', async (error, form) => {
    const { status, body } = await ask(form)
    expect([status, body['error']]).toEqual([400, error])
  })
})

test('a device names the resource of its token, and a refusal spends nothing', async () => {
  const server = createServer({ clients: [television], resources })
  const { body } = await post(server, '/device-authorization', { client_id: 'tv', scope: 'orders.read' })
  const form = { grant_type: deviceCodeGrantType, client_id: 'tv', device_code: body['device_code'] }
  server.approveDevice({ userCode: body['user_code'] ?? '' })
  const refused = await post(server, '/token', { ...form, resource: 'https://other.example' })
  expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_target'])
  const granted = await post(server, '/token', { ...form, resource: 'https://api.example' })
  expect(decodeJwt(granted.body['access_token'] ?? '').aud).toBe('https://api.example')
})
