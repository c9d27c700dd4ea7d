import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { createDpopKey } from '../dpop/dpop.test-support.ts'
import type { ClientOptions } from '../options.ts'
import {
  authorizationUrl,
  confidentialClient,
  createServer,
  createTestBrowser,
  issuer,
  type JsonAnswer,
  post,
  publicClient,
} from '../test-support.ts'

async function push(
  server: ReferenceServer,
  changes: Record<string, string | undefined> = {},
  headers: HeadersInit = {},
): Promise<JsonAnswer> {
  const { searchParams } = await authorizationUrl(changes)
  return post(server, '/par', Object.fromEntries(searchParams), headers)
}

const urlOf = (requestUri: string | undefined, clientId = 'spa'): URL => {
  const url = new URL(`${issuer}/authorize`)
  url.search = new URLSearchParams({ client_id: clientId, request_uri: requestUri ?? '' }).toString()
  return url
}

describe('pushing', () => {
  test('answers 201 with a request_uri, which leads to a code', async () => {
    const server = createServer()
    const { status, headers, body } = await push(server)
    expect(status).toBe(201)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
      expires_in: 60,
    })
    const response = await server.signIn({ url: urlOf(body['request_uri']) })
    expect(response.searchParams.has('code')).toBe(true)
    expect(response.searchParams.get('state')).toBe('st-1')
  })

  test('authenticates the client', async () => {
    const server = createServer()
    const { clientId, clientSecret = '', redirectUris } = confidentialClient
    const form = { client_id: clientId, redirect_uri: redirectUris[0] }
    expect((await push(server, { ...form, client_secret: clientSecret })).status).toBe(201)
    const refused = await push(server, { ...form, client_secret: 'wrong' })
    expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_client'])
    expect((await push(server, form)).status).toBe(401)
  })

  test.each<[string, Record<string, string | undefined>]>([
    ['invalid_request', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
    ['invalid_request', { redirect_uri: 'https://evil.example/callback' }],
    ['invalid_request', { redirect_uri: undefined }],
    ['invalid_request', { code_challenge: undefined }],
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: 'unheard-of' }],
    ['invalid_request_object', { request: 'ey' }],
    ['invalid_target', { resource: 'not a uri' }],
    ['invalid_authorization_details', { authorization_details: '[{}]' }],
  ])('answers %s in JSON to %o', async (error, changes) => {
    const { status, body } = await push(createServer(), changes)
    expect([status, body['error']]).toEqual([400, error])
  })

  test('takes POST only', async () => {
    const response = await createServer().fetch(new Request(`${issuer}/par`))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('a request_uri', () => {
  async function refused(server: ReferenceServer, url: URL): Promise<boolean> {
    const response = await server.fetch(new Request(url))
    expect(response.headers.get('location')).toBeNull()
    return response.status === 400 && (await response.text()).includes('invalid_request_uri')
  }

  test('is good once', async () => {
    const server = createServer()
    const url = urlOf((await push(server)).body['request_uri'])
    expect((await createTestBrowser(server).visit(url)).url.pathname).toBe('/login')
    expect(await refused(server, url)).toBe(true)
  })

  test('expires', async () => {
    const server = createServer()
    const url = urlOf((await push(server)).body['request_uri'])
    server.clock.advance(60)
    expect(await refused(server, url)).toBe(true)
  })

  test('lives as long as the server is told', async () => {
    const server = createServer({ lifetimes: { pushedRequest: 5 } })
    expect((await push(server)).body['expires_in']).toBe(5)
  })

  test('is of no use to another client, and stays good for its own', async () => {
    const server = createServer()
    const requestUri = (await push(server)).body['request_uri']
    expect(await refused(server, urlOf(requestUri, confidentialClient.clientId))).toBe(true)
    expect(await refused(server, urlOf('urn:ietf:params:oauth:request_uri:guess'))).toBe(true)
    expect((await server.signIn({ url: urlOf(requestUri) })).searchParams.has('code')).toBe(true)
  })

  test('leaves nothing to the parameters beside it', async () => {
    const server = createServer()
    const url = urlOf((await push(server, { prompt: 'none' })).body['request_uri'])
    url.searchParams.set('state', 'other')
    url.searchParams.set('redirect_uri', 'https://evil.example/')
    const location = new URL((await server.fetch(new Request(url))).headers.get('location') ?? '')
    expect(location.origin).toBe('https://app.example')
    expect(location.searchParams.get('state')).toBe('st-1')
    expect(location.searchParams.get('error')).toBe('login_required')
  })
})

describe('a plain request', () => {
  const pushing: ClientOptions = { ...publicClient, requirePushedAuthorizationRequests: true }

  test.each([
    ['the client', { clients: [pushing] }],
    ['the server', { requirePushedAuthorizationRequests: true }],
  ])('is refused where %s asks for pushed ones', async (_who, options) => {
    const server = createServer(options)
    const refused = await server.fetch(new Request(await authorizationUrl()))
    const { searchParams } = new URL(refused.headers.get('location') ?? '')
    expect(searchParams.get('error')).toBe('invalid_request')
    const url = urlOf((await push(server)).body['request_uri'])
    expect((await server.signIn({ url })).searchParams.has('code')).toBe(true)
  })
})

describe('a pushed DPoP key', () => {
  test('binds the code, and must be the key of dpop_jkt', async () => {
    const server = createServer({ dpop: { nonces: 'off' } })
    const key = await createDpopKey()
    const prove = async () => ({ DPoP: await key.prove('POST', '/par') })
    expect((await push(server, { dpop_jkt: key.jkt }, await prove())).status).toBe(201)
    const other = await push(server, { dpop_jkt: 'a'.repeat(43) }, await prove())
    expect([other.status, other.body['error']]).toEqual([400, 'invalid_dpop_proof'])
    const { body } = await push(server, {}, await prove())
    const response = await server.signIn({ url: urlOf(body['request_uri']) })
    const unproved = await post(server, '/token', {
      grant_type: 'authorization_code',
      client_id: 'spa',
      code: response.searchParams.get('code') ?? '',
      redirect_uri: publicClient.redirectUris[0],
      code_verifier: 'a-verifier-of-at-least-forty-three-characters',
    })
    expect(unproved.body['error']).toBe('invalid_grant')
  })
})
