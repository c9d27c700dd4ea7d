import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, getTokens, issuer } from '../test-support.ts'
import type { FaultOptions } from './exchange.ts'
import { createFaultKey } from './fault-keys.ts'
import { ask, askJson, form, isSignedByServer, partsOf } from './faults.test-support.ts'
import { withFaults } from './with-faults.ts'

const endpoints = {
  pushed_authorization_request_endpoint: `${issuer}/par`,
  introspection_endpoint: `${issuer}/introspect`,
  userinfo_endpoint: `${issuer}/userinfo`,
}

describe('whatever takes an access token', () => {
  test.each(['/resource', '/userinfo'])('resource.invalid_token_401 at %s', async (path) => {
    const server = createServer()
    server.faults.on('resource.invalid_token_401')
    const answer = await ask(server, path, { headers: { Authorization: 'DPoP x' } })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'DPoP error="invalid_token"',
    ])
    expect(server.ledger.countEvents('fault')).toBe(1)
  })

  test('resource.insufficient_scope_403', async () => {
    const server = createServer()
    server.faults.on('resource.insufficient_scope_403', { value: 'orders.write' })
    const answer = await ask(server, '/resource', { headers: { Authorization: 'Bearer x' } })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="orders.write"',
    ])
  })
})

/** A server whose answer to whatever is asked is this one, with a fault on. */
function scripted(name: FaultName, answer: () => Response, options: FaultOptions = {}) {
  let asked = 0
  const target = async () => {
    asked += 1
    return answer()
  }
  const layer = withFaults(target, { endpoints })
  layer.faults.on(name, options)
  return { ...layer, asked: () => asked }
}

const pushed = () => Response.json({ request_uri: 'urn:example:1', expires_in: 60 }, { status: 201 })

describe('pushed authorization requests', () => {
  test.each([
    ['par.refused_400', 400],
    ['par.method_not_allowed_405', 405],
    ['par.too_large_413', 413],
    ['par.rate_limited_429', 429],
  ] as const)('%s', async (name, status) => {
    const server = scripted(name, pushed)
    expect((await ask(server, '/par', form({ client_id: 'spa' }))).status).toBe(status)
    expect(server.asked()).toBe(0)
    expect((await ask(server, '/par', form({ client_id: 'spa' }))).status).toBe(201)
  })

  test('par.request_uri_unknown and par.expired_at_once', async () => {
    const unknown = await askJson(scripted('par.request_uri_unknown', pushed), '/par', form({}))
    expect(unknown['request_uri']).toMatch(/^urn:ietf:params:oauth:request_uri:/)
    const expired = await askJson(scripted('par.expired_at_once', pushed), '/par', form({}))
    expect(expired).toEqual({ request_uri: 'urn:example:1', expires_in: 0 })
  })
})

describe('introspection', () => {
  const active = () => Response.json({ active: true, aud: 'https://api.example', sub: 'ada' })
  test.each([
    ['introspection.inactive', '{"active":false}'],
    ['introspection.always_active', '{"active":true}'],
    ['introspection.other_audience', '{"active":true,"aud":"https://another-api.example","sub":"ada"}'],
  ] as const)('%s', async (name, expected) => {
    expect((await ask(scripted(name, active), '/introspect', form({ token: 'x' }))).text).toBe(expected)
  })

  test('introspection.html_200 and introspection.server_error_500', async () => {
    const page = await ask(scripted('introspection.html_200', active), '/introspect', form({ token: 'x' }))
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const error = scripted('introspection.server_error_500', active)
    expect((await ask(error, '/introspect', form({ token: 'x' }))).status).toBe(500)
  })
})

describe('revocation', () => {
  test.each([
    ['revocation.unknown_token_400', 400],
    ['revocation.unavailable', 503],
    ['revocation.redirected', 302],
  ] as const)('%s, and nothing is revoked', async (name, status) => {
    const server = createServer()
    const { refresh_token: token = '' } = await getTokens(server)
    server.faults.on(name)
    const answer = await ask(server, '/revoke', form({ client_id: 'spa', token }))
    expect(answer.status).toBe(status)
    expect(server.ledger.countEvents('token_revoked')).toBe(0)
  })
})

describe('the logout', () => {
  test.each([
    ['end_session.state_changed', 'state-of-somebody-else'],
    ['end_session.state_removed', null],
  ] as const)('%s', async (name, expected) => {
    const server = createServer()
    const { id_token: idToken = '' } = await getTokens(server)
    server.faults.on(name)
    const query = new URLSearchParams({
      id_token_hint: idToken,
      post_logout_redirect_uri: 'https://app.example/bye',
      state: 'bye',
    })
    const { headers } = await ask(server, `/end-session?${query}`)
    const location = new URL(headers.get('location') ?? '')
    expect(location.pathname).toBe('/bye')
    expect(location.searchParams.get('state')).toBe(expected)
  })
})

describe('UserInfo', () => {
  async function profileWith(name: FaultName, options: FaultOptions = {}) {
    const server = createServer()
    const { access_token: token } = await getTokens(server)
    server.faults.on(name, options)
    return ask(server, '/userinfo', { headers: { Authorization: `Bearer ${token}` } })
  }

  test('userinfo.other_subject, userinfo.missing_subject and userinfo.proto_member', async () => {
    expect(JSON.parse((await profileWith('userinfo.other_subject')).text)).toMatchObject({
      sub: 'somebody-else',
      name: 'Ada Example',
    })
    const { text } = await profileWith('userinfo.missing_subject')
    expect(JSON.parse(text)).not.toHaveProperty('sub')
    expect((await profileWith('userinfo.proto_member')).text).toContain('"__proto__":{"isAdmin":true}')
  })

  test('userinfo.html_200', async () => {
    expect((await profileWith('userinfo.html_200')).text).toContain('<h1>')
  })

  test.each([
    ['userinfo.signed_wrong_issuer', 'iss', 'https://attacker.example'],
    ['userinfo.signed_wrong_audience', 'aud', 'another-client'],
  ] as const)('%s: %s is wrong, the signature right', async (name, claim, expected) => {
    const { server, profile } = await signedProfileWith(name)
    expect(partsOf(profile).claims).toMatchObject({ sub: 'ada', [claim]: expected })
    expect(await isSignedByServer(server, profile)).toBe(true)
  })

  test('userinfo.signed_alg_none', async () => {
    const { profile } = await signedProfileWith('userinfo.signed_alg_none')
    expect(partsOf(profile).header['alg']).toBe('none')
    expect(profile).toMatch(/\.$/)
  })

  /** A server whose profiles are signed, with a fault on. */
  async function signedProfileWith(name: FaultName) {
    const key = await createFaultKey('ES256')
    const profile = await new SignJWT({ iss: issuer, aud: 'spa', sub: 'ada' })
      .setProtectedHeader({ alg: 'ES256', kid: key.kid })
      .sign(key.privateKey)
    const target = async ({ url }: Request) =>
      url.endsWith('/jwks')
        ? Response.json({ keys: [key.publicJwk] })
        : new Response(profile, { headers: { 'Content-Type': 'application/jwt' } })
    const jwks = { jwks_uri: `${issuer}/jwks` }
    const server = withFaults(target, { endpoints: { ...endpoints, ...jwks } })
    server.faults.on(name)
    return { server, profile: (await ask(server, '/userinfo')).text }
  }
})
