import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { type AssertionKey, createAssertionKey } from '../assertions/assertion.test-support.ts'
import type { ReferenceServer } from '../create-reference-server.ts'
import { tokenExchangeGrantType as grantType } from '../grant-types.ts'
import {
  codeVerifier,
  createServer,
  getTokens,
  authorizationUrl,
  issuer,
  post,
  publicClient,
} from '../test-support.ts'

const types = {
  accessToken: 'urn:ietf:params:oauth:token-type:access_token',
  idToken: 'urn:ietf:params:oauth:token-type:id_token',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
  saml: 'urn:ietf:params:oauth:token-type:saml2',
}
const partner = 'https://partner.example'
const callback = 'https://api.example/callback'
const api = {
  clientId: 'api',
  clientSecret: 's',
  redirectUris: [callback],
  scopes: ['openid', 'profile', 'orders.read'],
  skipConsent: true,
  grantTypes: ['authorization_code', 'client_credentials', grantType],
}
const asApi = { client_id: 'api', client_secret: 's' }
let key: AssertionKey

beforeAll(async () => {
  key = await createAssertionKey('ES256')
})

const prepare = (changes: object = {}): ReferenceServer =>
  createServer({
    clients: [publicClient, { ...api, ...changes }],
    trustedIssuers: [{ issuer: partner, jwks: key.jwks }],
  })

const exchange = (server: ReferenceServer, form: Record<string, string | undefined>) =>
  post(server, '/token', { grant_type: grantType, ...asApi, ...form })

const userScope = 'openid profile email orders.read'

async function userToken(server: ReferenceServer): Promise<Record<string, string | undefined>> {
  const { access_token: token } = await getTokens(server, { scope: userScope })
  return { subject_token: token, subject_token_type: types.accessToken }
}

async function actorToken(server: ReferenceServer): Promise<Record<string, string | undefined>> {
  const { body } = await post(server, '/token', { grant_type: 'client_credentials', ...asApi })
  return { actor_token: body['access_token'], actor_token_type: types.accessToken }
}

/** An ID token of the exchanging client itself. */
async function ownIdToken(server: ReferenceServer): Promise<string | undefined> {
  const url = await authorizationUrl({ client_id: 'api', redirect_uri: callback })
  const code = (await server.signIn({ url })).searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: codeVerifier }
  return (await post(server, '/token', { ...form, ...asApi })).body['id_token']
}

const claimsOf = (body: Readonly<Record<string, string>>) => decodeJwt(body['access_token'] ?? '')

describe('impersonation', () => {
  test('gives the user’s token to another client, narrowed to its scopes, and nothing beside it', async () => {
    const server = prepare()
    const { status, body } = await exchange(server, await userToken(server))
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: types.accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile orders.read',
    })
    expect(claimsOf(body)).toMatchObject({ sub: 'ada', client_id: 'api' })
    expect(claimsOf(body)).not.toHaveProperty('act')
    const headers = { Authorization: `Bearer ${body['access_token']}` }
    expect((await post(server, '/userinfo', {}, headers)).body['name']).toBe('Ada Example')
  })

  test('narrows scope, audience and resource', async () => {
    const server = prepare()
    const targets = { audience: 'billing', resource: 'https://billing.example/v1' }
    const form = { ...(await userToken(server)), scope: 'orders.read', ...targets }
    const { body } = await exchange(server, form)
    expect(body['scope']).toBe('orders.read')
    expect(claimsOf(body)['aud']).toEqual(['https://billing.example/v1', 'billing'])
  })

  test('takes audience and resource more than once', async () => {
    const server = prepare()
    const body = new URLSearchParams({ grant_type: grantType, ...asApi })
    for (const [name, value = ''] of Object.entries(await userToken(server))) body.set(name, value)
    for (const audience of ['a', 'b', 'a']) body.append('audience', audience)
    const response = await server.fetch(new Request(`${issuer}/token`, { method: 'POST', body }))
    expect(claimsOf((await response.json()) as Record<string, string>)['aud']).toEqual(['a', 'b'])
  })

  test('takes an ID token of the same client', async () => {
    const server = prepare()
    const subject = { subject_token: await ownIdToken(server), subject_token_type: types.idToken }
    const { body } = await exchange(server, { ...subject, scope: 'orders.read' })
    expect(claimsOf(body)).toMatchObject({ sub: 'ada', scope: 'orders.read' })
  })

  test('takes a JWT of a trusted issuer, and an access token as the JWT that it is', async () => {
    const server = prepare()
    const jwt = await key.sign({ iss: partner, sub: 'user-7' })
    const foreign = await exchange(server, { subject_token: jwt, subject_token_type: types.jwt })
    expect(claimsOf(foreign.body)['sub']).toBe('user-7')
    const own = { ...(await userToken(server)), subject_token_type: types.jwt }
    expect(claimsOf((await exchange(server, own)).body)['sub']).toBe('ada')
  })

  test('answers with the type asked for', async () => {
    const server = prepare()
    const form = { ...(await userToken(server)), requested_token_type: types.jwt }
    expect((await exchange(server, form)).body['issued_token_type']).toBe(types.jwt)
  })

  test('ends with the user’s session', async () => {
    const server = prepare()
    const { body } = await exchange(server, await userToken(server))
    server.revokeSession({ username: 'ada' })
    const headers = { Authorization: `Bearer ${body['access_token']}` }
    expect((await post(server, '/userinfo', {}, headers)).status).toBe(401)
  })
})

describe('delegation', () => {
  test('names the actor', async () => {
    const server = prepare()
    const form = { ...(await userToken(server)), ...(await actorToken(server)) }
    expect(claimsOf((await exchange(server, form)).body)).toMatchObject({ sub: 'ada', act: { sub: 'api' } })
  })

  test('keeps those who acted before inside, also without a new actor', async () => {
    const server = prepare()
    const first = await exchange(server, { ...(await userToken(server)), ...(await actorToken(server)) })
    const subject = { subject_token: first.body['access_token'], subject_token_type: types.accessToken }
    const actor = await key.sign({ iss: partner, sub: 'agent' })
    const second = await exchange(server, { ...subject, actor_token: actor, actor_token_type: types.jwt })
    expect(claimsOf(second.body)['act']).toEqual({ sub: 'agent', act: { sub: 'api' } })
    expect(claimsOf((await exchange(server, subject)).body)['act']).toEqual({ sub: 'api' })
  })

  test('heeds may_act', async () => {
    const server = prepare()
    const may = async (sub: string) => ({
      subject_token: await key.sign({ iss: partner, sub: 'user-7', may_act: { sub } }),
      subject_token_type: types.jwt,
    })
    const actor = await actorToken(server)
    const allowed = await exchange(server, { ...(await may('api')), ...actor })
    expect(claimsOf(allowed.body)['act']).toEqual({ sub: 'api' })
    for (const form of [{ ...(await may('other')), ...actor }, await may('api')]) {
      expect((await exchange(server, form)).body['error']).toBe('invalid_request')
    }
  })
})

describe('an exchange is refused', () => {
  test.each<[string, string, Record<string, string | undefined>]>([
    ['without a subject token', 'invalid_request', { subject_token: undefined }],
    ['without its type', 'invalid_request', { subject_token_type: undefined }],
    ['with another type', 'invalid_request', { subject_token_type: types.idToken }],
    ['with a type unknown here', 'invalid_request', { subject_token_type: types.saml }],
    ['with an unknown token', 'invalid_request', { subject_token: 'unknown' }],
    [
      'with a JWT of a stranger',
      'invalid_request',
      { subject_token: 'a.b.c', subject_token_type: types.jwt },
    ],
    ['with an actor token without type', 'invalid_request', { actor_token: 'x' }],
    ['with an actor type without token', 'invalid_request', { actor_token_type: types.accessToken }],
    ['with an unknown actor', 'invalid_request', { actor_token: 'x', actor_token_type: types.accessToken }],
    ['for another type', 'invalid_request', { requested_token_type: types.saml }],
    ['for a wider scope', 'invalid_scope', { scope: 'orders.read orders.write' }],
    ['for a scope not of the client', 'invalid_scope', { scope: 'email' }],
    ['for a relative resource', 'invalid_target', { resource: '/orders' }],
    ['for a resource with a fragment', 'invalid_target', { resource: 'https://api.example#x' }],
  ])('%s', async (_name, error, changes) => {
    const server = prepare()
    const { status, body } = await exchange(server, { ...(await userToken(server)), ...changes })
    expect([status, body['error']]).toEqual([400, error])
  })

  test('with a token that is revoked or expired', async () => {
    const server = prepare()
    const form = await userToken(server)
    server.clock.advance(3600)
    expect((await exchange(server, form)).body['error']).toBe('invalid_request')
    const revoked = await userToken(server)
    server.revokeFamily('family-2')
    expect((await exchange(server, revoked)).body['error']).toBe('invalid_request')
  })

  test('with an ID token of another client, and one that has expired', async () => {
    const server = prepare()
    const { id_token: foreign } = await getTokens(server)
    const own = await ownIdToken(server)
    const wrong = await exchange(server, { subject_token: foreign, subject_token_type: types.idToken })
    expect(wrong.body['error']).toBe('invalid_request')
    server.clock.advance(3600)
    const late = await exchange(server, { subject_token: own, subject_token_type: types.idToken })
    expect(late.body['error']).toBe('invalid_request')
  })

  test('for a target that the client may not have', async () => {
    const server = prepare({ tokenExchangeTargets: ['billing'] })
    const form = await userToken(server)
    expect((await exchange(server, { ...form, audience: 'billing' })).status).toBe(200)
    expect((await exchange(server, { ...form, audience: 'payroll' })).body['error']).toBe('invalid_target')
  })

  test('to a client that is not registered for it', async () => {
    const server = prepare()
    const form = { ...(await userToken(server)), client_id: 'spa', client_secret: undefined }
    expect((await exchange(server, form)).body['error']).toBe('unauthorized_client')
  })
})
