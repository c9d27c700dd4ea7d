import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import {
  authorizationUrlAt,
  basic,
  claimsOf,
  codeFormOf,
  createDialectServer,
  headerOf,
  origin,
  postForm,
  send,
} from '../dialects/dialect.test-support.ts'
import type { ReferenceServerOptions, RefreshTokenRotation } from '../options.ts'
import { createTestBrowser } from '../test-support.ts'
import type { Habits } from './habits.ts'

const web = {
  clientId: 'web:app',
  clientSecret: 'a+b%20c/d=&é',
  redirectUris: ['http://127.0.0.1/callback'],
  skipConsent: true,
}
const spa = { clientId: 'spa', redirectUris: ['http://127.0.0.1/callback'] }

const create = (habits: Habits, options: Partial<ReferenceServerOptions> = {}) =>
  createDialectServer('standard', { clients: [spa, web], habits, ...options })

type Changes = Readonly<Record<string, string | undefined>>

const urlOf = (changes: Changes = {}) => authorizationUrlAt('/authorize', { client_id: 'spa', ...changes })

async function getTokens(server: ReferenceServer, changes: Changes = {}, form: Changes = {}) {
  const response = await server.signIn({ url: await urlOf(changes) })
  return postForm(
    server,
    '/token',
    codeFormOf(response, { client_id: changes['client_id'] ?? 'spa', ...form }),
  )
}

const asWeb = [{ client_id: 'web:app' }, { client_secret: web.clientSecret }] as const

test('without habits nothing changes', async () => {
  const [bare, empty] = [createDialectServer('standard', { clients: [spa, web] }), create({})]
  const path = '/.well-known/openid-configuration'
  expect((await send(empty, path)).body).toEqual((await send(bare, path)).body)
  expect(Object.keys((await getTokens(empty)).body)).toEqual(Object.keys((await getTokens(bare)).body))
})

describe('HTTP Basic', () => {
  // btoa takes Latin-1: the raw form has the é as one byte, the encoded form in UTF-8.
  const rawHeader = basic('web-app', 'a+b%20c/d=&')
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
  const encodedHeader = basic('web-app', encode('a+b%20c/d=&'))
  const client = { ...web, clientId: 'web-app', clientSecret: 'a+b%20c/d=&' }

  test.each([
    ['form_encoded', 401, 400],
    ['raw', 400, 401],
    ['either', 400, 400],
  ] as const)('is read as %s: raw gives %i, encoded %i', async (basicCredentials, raw, encoded) => {
    const server = create({ basicCredentials }, { clients: [client] })
    const ask = async (headers: HeadersInit) => (await postForm(server, '/token', {}, headers)).status
    expect([await ask(rawHeader), await ask(encodedHeader)]).toEqual([raw, encoded])
    expect(await ask(basic('web-app', 'wrong'))).toBe(401)
  })
})

describe('the token answer', () => {
  test.each([
    ['bearer', 'bearer'],
    ['absent', undefined],
  ] as const)('has the token_type %s', async (tokenType, expected) => {
    expect((await getTokens(create({ tokenType }))).body['token_type']).toBe(expected)
  })

  test('leaves members out', async () => {
    const { body } = await getTokens(create({ omitFromTokenResponse: ['expires_in', 'scope'] }))
    expect(Object.keys(body).sort()).toEqual(['access_token', 'id_token', 'refresh_token', 'token_type'])
  })

  test('has a smaller scope', async () => {
    const { body } = await getTokens(create({ withheldScopes: ['profile'] }))
    expect(body['scope']).toBe('openid')
    expect(claimsOf(body['access_token'])['scope']).toBe('openid')
  })
})

describe('metadata', () => {
  const paths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']

  test.each([
    ['openid_only', [200, 404]],
    ['oauth_only', [404, 200]],
    ['none', [404, 404]],
  ] as const)('is found as %s', async (metadata, statuses) => {
    const server = create({ metadata })
    const answers = await Promise.all(paths.map((path) => send(server, path)))
    expect(answers.map(({ status }) => status)).toEqual(statuses)
  })

  test('has moved', async () => {
    const server = create({ metadata: 'moved' })
    const { status, headers } = await send(server, paths[0] ?? '')
    expect([status, headers.get('location')]).toEqual([301, `${origin}/metadata/openid-configuration`])
    expect((await send(server, '/metadata/openid-configuration')).body).toMatchObject({ issuer: origin })
  })

  test('is an HTML page with status 200', async () => {
    const { status, headers } = await send(create({ metadata: 'html' }), paths[0] ?? '')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })
})

describe('the authorization response', () => {
  test.each([
    ['unannounced', origin, false],
    ['only_announced', null, true],
    ['neither', null, false],
  ] as const)('has its iss %s', async (responseIssuer, iss, announced) => {
    const server = create({ responseIssuer })
    const response = await server.signIn({ url: await urlOf() })
    expect(response.searchParams.get('iss')).toBe(iss)
    const { body } = await send(server, '/.well-known/openid-configuration')
    expect(body['authorization_response_iss_parameter_supported']).toBe(announced)
  })

  test('has no state where it is an error', async () => {
    const server = create({ errorsWithoutState: true })
    const denied = await server.signIn({ url: await urlOf(), consent: 'deny' })
    expect([denied.searchParams.get('error'), denied.searchParams.get('state')]).toEqual([
      'access_denied',
      null,
    ])
    expect((await server.signIn({ url: await urlOf() })).searchParams.get('state')).toBe('st-1')
  })

  test('is a page although prompt is none', async () => {
    const url = await urlOf({ prompt: 'none' })
    const page = await createTestBrowser(create({ promptNoneShowsPage: true })).visit(url)
    expect(page.url.pathname).toBe('/login')
    const usual = await createTestBrowser(create({})).visit(url)
    expect(usual.url.searchParams.get('error')).toBe('login_required')
  })
})

describe('CORS at the token endpoint', () => {
  const from = { Origin: 'http://127.0.0.1:5173' }
  const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')

  test.each([
    ['none', null, null, null],
    ['simple', null, from.Origin, from.Origin],
    ['not_on_errors', from.Origin, null, from.Origin],
    [undefined, from.Origin, from.Origin, from.Origin],
  ] as const)('is %s', async (tokenEndpointCors, preflight, onError, onSuccess) => {
    const server = create(tokenEndpointCors ? { tokenEndpointCors } : {})
    const asked = { ...from, 'Access-Control-Request-Method': 'POST' }
    expect(allowed(await send(server, '/token', { method: 'OPTIONS', headers: asked }))).toBe(preflight)
    expect(allowed(await postForm(server, '/token', {}, from))).toBe(onError)
    const response = await server.signIn({ url: await urlOf() })
    const form = codeFormOf(response, { client_id: 'spa' })
    expect(allowed(await postForm(server, '/token', form, from))).toBe(onSuccess)
  })
})

describe('ID tokens', () => {
  test('are HS256 for confidential clients', async () => {
    const server = create({ hmacIdTokens: true })
    expect(headerOf((await getTokens(server, ...asWeb)).body['id_token'])['alg']).toBe('HS256')
    expect(headerOf((await getTokens(server)).body['id_token'])['alg']).toBe('ES256')
    const { body } = await send(server, '/.well-known/openid-configuration')
    expect(body['id_token_signing_alg_values_supported']).toEqual(['ES256', 'HS256'])
  })

  test('have a fixed auth_time', async () => {
    expect(claimsOf((await getTokens(create({ authTime: 0 }))).body['id_token'])['auth_time']).toBe(0)
  })

  test('lose the nonce on the consent page', async () => {
    const server = create({ losesNonceOnConsent: true })
    expect(claimsOf((await getTokens(server)).body['id_token'])).not.toHaveProperty('nonce')
    expect(claimsOf((await getTokens(server)).body['id_token'])['nonce']).toBe('no-1')
  })
})

test.each([[undefined], ['x'.repeat(43)]])('the code verifier %s is accepted', async (verifier) => {
  const form = { code_verifier: verifier }
  expect((await getTokens(create({ acceptsAnyCodeVerifier: true }), {}, form)).status).toBe(200)
  expect((await getTokens(create({}), {}, form)).status).toBe(400)
})

test('the revocation of an unknown token is refused', async () => {
  const server = create({ refusesUnknownRevocation: true })
  const revoke = async (token: unknown) =>
    (await postForm(server, '/revoke', { client_id: 'spa', token: String(token) })).status
  const { body } = await getTokens(server)
  expect(await revoke(body['refresh_token'])).toBe(200)
  expect(await revoke('unknown')).toBe(400)
})

test('introspection says that everything is active', async () => {
  const habits = { introspectsEverythingActive: true }
  const server = createDialectServer('passport', { habits })
  const form = { client_id: '2', client_secret: 'PortalPortalPortalPortalPortalPortal0002', token: 'unknown' }
  expect((await postForm(server, '/oauth/introspect', form)).body).toEqual({ active: true })
})

describe('rotation', () => {
  async function refreshTwice(refreshTokenRotation: RefreshTokenRotation, wait = 0) {
    const server = create({}, { refreshTokenRotation })
    const { body } = await getTokens(server)
    const refresh = (token: unknown) =>
      postForm(server, '/token', {
        grant_type: 'refresh_token',
        client_id: 'spa',
        refresh_token: String(token),
      })
    const first = await refresh(body['refresh_token'])
    server.clock.advance(wait)
    const second = await refresh(body['refresh_token'])
    return { first, second, refresh }
  }

  test('keep: each use gives another token, and the old one stays good', async () => {
    const { first, second, refresh } = await refreshTwice('keep')
    expect([first.status, second.status]).toEqual([200, 200])
    expect(first.body['refresh_token']).not.toBe(second.body['refresh_token'])
    expect((await refresh(first.body['refresh_token'])).status).toBe(200)
  })

  test('refuse: a second use fails, and the family lives on', async () => {
    const { second, first, refresh } = await refreshTwice('refuse')
    expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await refresh(first.body['refresh_token'])).status).toBe(200)
  })

  test('repeat: a second use gets the same answer, as long as the window is open', async () => {
    const inside = await refreshTwice({ repeat: 10 }, 9)
    expect(inside.second.body).toEqual(inside.first.body)
    const outside = await refreshTwice({ repeat: 10 }, 10)
    expect(outside.second.body).toMatchObject({ error: 'invalid_grant' })
    expect((await outside.refresh(outside.first.body['refresh_token'])).status).toBe(400)
  })

  test('repeat: two uses at once get the same answer', async () => {
    const server = create({}, { refreshTokenRotation: { repeat: 10 } })
    const { body } = await getTokens(server)
    const form = {
      grant_type: 'refresh_token',
      client_id: 'spa',
      refresh_token: String(body['refresh_token']),
    }
    const [left, right] = await Promise.all([0, 1].map(() => postForm(server, '/token', form)))
    expect(left?.body).toEqual(right?.body)
  })
})
