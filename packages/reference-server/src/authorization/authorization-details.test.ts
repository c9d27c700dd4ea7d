import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import {
  authorizationUrl,
  codeForm,
  confidentialClient,
  createServer,
  createTestBrowser,
  post,
  publicClient,
} from '../test-support.ts'

const payment = {
  type: 'payment_initiation',
  actions: ['initiate'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
}
const other = { type: 'payment_initiation', identifier: 'second' }
const both = { authorization_details: JSON.stringify([payment, other]) }

describe('authorization_details', () => {
  test('travel to the token answer, the access token and introspection', async () => {
    const server = createServer()
    const { body } = await post(server, '/token', await codeForm(server, both))
    expect(body['authorization_details']).toEqual([payment, other])
    const token = body['access_token'] ?? ''
    expect(decodeJwt(token)['authorization_details']).toEqual([payment, other])
    const { clientId, clientSecret } = confidentialClient
    const asked = await post(server, '/introspect', {
      client_id: clientId,
      client_secret: clientSecret,
      token,
    })
    expect(asked.body['authorization_details']).toEqual([payment, other])
  })

  test('are absent where none were asked for', async () => {
    const server = createServer()
    expect((await post(server, '/token', await codeForm(server))).body).not.toHaveProperty(
      'authorization_details',
    )
  })

  test('can be narrowed for one token, and the grant keeps them all', async () => {
    const server = createServer()
    const reordered = {
      instructedAmount: payment.instructedAmount,
      actions: ['initiate'],
      type: payment.type,
    }
    const narrowed = { authorization_details: JSON.stringify([reordered]) }
    const first = await post(server, '/token', { ...(await codeForm(server, both)), ...narrowed })
    expect(first.body['authorization_details']).toEqual([payment])
    const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: first.body['refresh_token'] }
    const second = await post(server, '/token', form)
    expect(second.body['authorization_details']).toEqual([payment, other])
  })

  test('cannot be widened, and the refusal spends neither code nor refresh token', async () => {
    const server = createServer()
    const form = await codeForm(server, both)
    const wider = { authorization_details: JSON.stringify([{ ...payment, actions: ['initiate', 'cancel'] }]) }
    const refused = await post(server, '/token', { ...form, ...wider })
    expect([refused.status, refused.body['error']]).toEqual([400, 'invalid_authorization_details'])
    const granted = await post(server, '/token', form)
    expect(granted.status).toBe(200)
    const refresh = {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: granted.body['refresh_token'],
    }
    expect((await post(server, '/token', { ...refresh, ...wider })).status).toBe(400)
    expect((await post(server, '/token', refresh)).status).toBe(200)
  })

  test.each([
    'no json',
    '{"type":"payment_initiation"}',
    '[]',
    '["payment_initiation"]',
    '[{}]',
    '[{"type":1}]',
    '[{"type":"unheard_of"}]',
    '[{"type":"payment_initiation","actions":"initiate"}]',
    '[{"type":"payment_initiation","identifier":5}]',
  ])('are refused as %s', async (details) => {
    const url = await authorizationUrl({ authorization_details: details })
    const location = (await createServer().fetch(new Request(url))).headers.get('location') ?? ''
    expect(new URL(location).searchParams.get('error')).toBe('invalid_authorization_details')
  })

  test('are held to the types of the server and of the client', async () => {
    const authorizationDetailsTypes = { payment_initiation: 'Pay', account_information: 'Look' }
    const clients = [{ ...publicClient, authorizationDetailsTypes: ['account_information'] }]
    const server = createServer({ authorizationDetailsTypes, clients })
    const url = await authorizationUrl(both)
    const location = (await server.fetch(new Request(url))).headers.get('location') ?? ''
    expect(new URL(location).searchParams.get('error')).toBe('invalid_authorization_details')
    const allowed = { authorization_details: '[{"type":"account_information"}]' }
    const response = await server.signIn({ url: await authorizationUrl(allowed) })
    expect(response.searchParams.has('code')).toBe(true)
  })

  test('are shown to the user, who is asked anew for each', async () => {
    const server = createServer()
    const browser = createTestBrowser(server)
    const login = await browser.visit(await authorizationUrl(both))
    const consent = await browser.submit(login, { username: 'ada', password: 'password' })
    expect(consent.text).toContain('Make a payment')
    expect(consent.text).toContain('&quot;amount&quot;:&quot;123.50&quot;')
    await browser.submit(consent, { decision: 'allow' })
    const silently = async (details: unknown[]) => {
      const changes = { prompt: 'none', authorization_details: JSON.stringify(details) }
      return (await browser.visit(await authorizationUrl(changes))).url.searchParams
    }
    expect((await silently([other])).has('code')).toBe(true)
    expect((await silently([{ ...other, identifier: 'third' }])).get('error')).toBe('consent_required')
  })
})
