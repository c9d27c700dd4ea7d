import { beforeAll, describe, expect, test } from 'vitest'
import { type ClientKey, createClientKey, keyClient, now } from '../clients/client-key.test-support.ts'
import type { ClientOptions } from '../options.ts'
import { authorizationUrl, createServer, issuer, post, publicClient } from '../test-support.ts'

const typ = 'oauth-authz-req+jwt'

let key: ClientKey
beforeAll(async () => {
  key = await createClientKey()
})

const createHere = (more: Partial<ClientOptions> = {}) =>
  createServer({ clients: [keyClient(key, { tokenEndpointAuthMethod: 'none', ...more }), publicClient] })

/** The claims of a good request object; `undefined` leaves one out. */
async function requestClaims(changes: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const { searchParams } = await authorizationUrl({ client_id: 'daemon' })
  const jwtClaims = { iss: 'daemon', aud: issuer, iat: now, nbf: now, exp: now + 60, jti: 'j1' }
  return { ...Object.fromEntries(searchParams), ...jwtClaims, ...changes }
}

function urlWith(request: string, more: Record<string, string> = {}): URL {
  const url = new URL(`${issuer}/authorize`)
  url.search = new URLSearchParams({ client_id: 'daemon', request, ...more }).toString()
  return url
}

describe('a request object', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('signed with %s leads to a code', async (alg) => {
    const key = await createClientKey(alg)
    const server = createServer({ clients: [keyClient(key)] })
    const response = await server.signIn({ url: urlWith(await key.sign(await requestClaims(), { typ })) })
    expect(response.searchParams.has('code')).toBe(true)
    expect(response.searchParams.get('state')).toBe('st-1')
  })

  test('alone counts: what stands beside it is ignored', async () => {
    const request = await key.sign(await requestClaims({ prompt: 'none' }), { typ })
    const url = urlWith(request, {
      state: 'other',
      scope: 'unheard-of',
      redirect_uri: 'https://evil.example/',
    })
    const location = new URL((await createHere().fetch(new Request(url))).headers.get('location') ?? '')
    expect(location.origin).toBe('https://app.example')
    expect(location.searchParams.get('state')).toBe('st-1')
    expect(location.searchParams.get('error')).toBe('login_required')
  })

  test('may hold numbers, objects and lists', async () => {
    const server = createHere()
    const changes = {
      max_age: 300,
      claims: { id_token: { email: null } },
      authorization_details: [{ type: 'payment_initiation' }],
      resource: ['https://a.example', 'https://b.example'],
    }
    const url = urlWith(await key.sign(await requestClaims(changes), { typ }))
    const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
    const { body } = await post(server, '/token', {
      grant_type: 'authorization_code',
      client_id: 'daemon',
      code,
      redirect_uri: publicClient.redirectUris[0],
      code_verifier: 'a-verifier-of-at-least-forty-three-characters',
    })
    expect(body['authorization_details']).toEqual([{ type: 'payment_initiation' }])
    const claims = JSON.parse(Buffer.from(body['access_token']?.split('.')[1] ?? '', 'base64url').toString())
    expect(claims.aud).toEqual(['https://a.example', 'https://b.example'])
  })

  test('may be pushed', async () => {
    const server = createHere({ requireSignedRequestObject: true })
    const request = await key.sign(await requestClaims(), { typ })
    const { status, body } = await post(server, '/par', { client_id: 'daemon', request })
    expect(status).toBe(201)
    const url = new URL(`${issuer}/authorize`)
    url.search = new URLSearchParams({
      client_id: 'daemon',
      request_uri: body['request_uri'] ?? '',
    }).toString()
    expect((await server.signIn({ url })).searchParams.has('code')).toBe(true)
  })

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['another type', {}, { typ: 'JWT' }],
    ['no type', {}, { typ: undefined }],
    ['another client_id', { client_id: 'spa' }, { typ }],
    ['no client_id', { client_id: undefined }, { typ }],
    ['another issuer', { iss: 'spa' }, { typ }],
    ['another audience', { aud: 'https://other.example' }, { typ }],
    ['the client as its subject', { sub: 'daemon' }, { typ }],
    ['an expiry in the past', { exp: now - 10 }, { typ }],
    ['a start in the future', { nbf: now + 60 }, { typ }],
    ['a request inside', { request: 'x' }, { typ }],
    ['a request_uri inside', { request_uri: 'https://app.example/r' }, { typ }],
  ])('is refused with %s, on a page', async (_name, changes, header) => {
    const url = urlWith(await key.sign(await requestClaims(changes), header))
    const response = await createHere().fetch(new Request(url))
    expect([response.status, response.headers.get('location')]).toEqual([400, null])
    expect(await response.text()).toContain('invalid_request_object')
  })

  test('is refused when nobody of the client’s keys signed it', async () => {
    const stranger = await createClientKey()
    const claims = await requestClaims()
    const [, payload] = (await key.sign(claims)).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ })).toString('base64url')
    for (const request of [await stranger.sign(claims, { typ }), `${none}.${payload}.`]) {
      expect((await createHere().fetch(new Request(urlWith(request)))).status).toBe(400)
    }
  })

  test('is refused by redirect where a good redirect_uri stands beside it', async () => {
    const url = urlWith('ey', { redirect_uri: 'https://app.example/callback', state: 's' })
    const location = new URL((await createHere().fetch(new Request(url))).headers.get('location') ?? '')
    expect(location.searchParams.get('error')).toBe('invalid_request_object')
    expect(location.searchParams.get('state')).toBe('s')
  })

  test('cannot stand beside a request_uri, nor twice', async () => {
    const request = await key.sign(await requestClaims(), { typ })
    const both = urlWith(request, { request_uri: 'https://app.example/r' })
    expect((await createHere().fetch(new Request(both))).status).toBe(400)
    const twice = urlWith(request)
    twice.searchParams.append('request', request)
    expect((await createHere().fetch(new Request(twice))).status).toBe(400)
  })
})

describe('a plain request of a client that has to sign', () => {
  test('is refused, also when it is pushed', async () => {
    const server = createHere({ requireSignedRequestObject: true })
    const url = await authorizationUrl({ client_id: 'daemon' })
    const location = new URL((await server.fetch(new Request(url))).headers.get('location') ?? '')
    expect(location.searchParams.get('error')).toBe('invalid_request')
    const pushed = await post(server, '/par', Object.fromEntries(url.searchParams))
    expect([pushed.status, pushed.body['error']]).toEqual([400, 'invalid_request'])
  })
})
