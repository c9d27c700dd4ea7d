import { describe, expect, test } from 'vitest'
import {
  authorizationUrl,
  codeVerifier,
  confidentialClient,
  createServer,
  type JsonAnswer,
  post,
  publicClient,
} from '../test-support.ts'

const { clientId, clientSecret = '' } = confidentialClient

const formEncode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)

const basic = (id: string, secret: string): HeadersInit => ({
  Authorization: `Basic ${btoa(`${formEncode(id)}:${formEncode(secret)}`)}`,
})

/** Exchanges a fresh code of the confidential client, with this proof. */
async function exchange(
  form: Record<string, string>,
  headers: HeadersInit = {},
  client = confidentialClient,
): Promise<JsonAnswer> {
  const server = createServer({ clients: [client, publicClient] })
  const redirect = client.redirectUris[0] ?? ''
  const url = await authorizationUrl({ client_id: client.clientId, redirect_uri: redirect })
  const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
  const grant = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirect,
    code_verifier: codeVerifier,
  }
  return post(server, '/token', { ...grant, ...form }, headers)
}

describe('a confidential client', () => {
  test('is let in by Basic, form-encoded', async () => {
    expect((await exchange({}, basic(clientId, clientSecret))).status).toBe(200)
    expect((await exchange({ client_id: clientId }, basic(clientId, clientSecret))).status).toBe(200)
  })

  test('is let in by the form', async () => {
    expect((await exchange({ client_id: clientId, client_secret: clientSecret })).status).toBe(200)
  })

  test.each<[string, Record<string, string>, HeadersInit]>([
    ['a wrong secret by Basic', {}, basic(clientId, 'wrong')],
    [
      'a secret that was not form-encoded',
      {},
      { Authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    ],
    ['an unknown client', {}, basic('stranger', clientSecret)],
    ['a header that is not base64', {}, { Authorization: 'Basic ***' }],
    ['a header without a colon', {}, { Authorization: `Basic ${btoa('web')}` }],
    ['an empty secret', {}, basic(clientId, '')],
    ['a wrong secret in the form', { client_id: clientId, client_secret: 'wrong' }, {}],
    ['a secret without a client', { client_secret: clientSecret }, {}],
    ['no secret', { client_id: clientId }, {}],
    ['nothing at all', {}, {}],
    ['a scheme nobody knows', { client_id: clientId }, { Authorization: 'Negotiate abc' }],
    ['a public client with a secret', { client_id: 'spa', client_secret: 'x' }, {}],
    ['a public client by Basic', {}, basic('spa', 'x')],
  ])('is refused with %s', async (_name, form, headers) => {
    const { status, body, headers: answered } = await exchange(form, headers)
    expect(status).toBe(401)
    expect(body['error']).toBe('invalid_client')
    expect(answered.get('www-authenticate')).toMatch(/^Basic realm=/)
    expect(answered.get('cache-control')).toBe('no-store')
    expect(JSON.stringify(body)).not.toContain(clientSecret)
  })

  test.each<[string, Record<string, string>]>([
    ['two methods', { client_id: clientId, client_secret: clientSecret }],
    ['two clients', { client_id: 'spa' }],
  ])('is refused with %s', async (_name, form) => {
    const { status, body } = await exchange(form, basic(clientId, clientSecret))
    expect(status).toBe(400)
    expect(body['error']).toBe('invalid_request')
  })

  test('is held to the method it registered', async () => {
    const client = { ...confidentialClient, tokenEndpointAuthMethod: 'client_secret_post' } as const
    expect((await exchange({}, basic(clientId, clientSecret), client)).body['error']).toBe('invalid_client')
    const inForm = { client_id: clientId, client_secret: clientSecret }
    expect((await exchange(inForm, {}, client)).status).toBe(200)
  })
})
