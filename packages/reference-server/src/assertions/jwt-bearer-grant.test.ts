import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { jwtBearerGrantType as grantType } from '../grant-types.ts'
import type { ReferenceServerOptions } from '../options.ts'
import { createServer, issuer, post } from '../test-support.ts'
import { type AssertionKey, createAssertionKey } from './assertion.test-support.ts'

const robot = 'robot@accounts.example'
const partner = 'https://partner.example'
const now = 1_800_000_000
let key: AssertionKey

beforeAll(async () => {
  key = await createAssertionKey()
})

function prepare(options: Partial<ReferenceServerOptions> = {}): ReferenceServer {
  const serviceAccount = { email: robot, actsFor: ['ada'] }
  const web = { clientId: 'web', clientSecret: 's', grantTypes: [grantType] }
  return createServer({
    clients: [{ clientId: 'robot', jwks: key.jwks, serviceAccount }, web],
    trustedIssuers: [{ issuer: partner, jwks: key.jwks, subjects: ['user-7'] }],
    ...options,
  })
}

const ask = (server: ReferenceServer, assertion: string | undefined, form: Record<string, string> = {}) =>
  post(server, '/token', { grant_type: grantType, assertion, ...form })

const asWeb = { client_id: 'web', client_secret: 's' }

describe('an assertion of a service account', () => {
  test.each([robot, 'robot'])('signed as %s gives a token without client authentication', async (iss) => {
    const server = prepare()
    const { status, body } = await ask(server, await key.sign({ iss, sub: iss }), { scope: 'orders.read' })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'orders.read',
    })
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ sub: robot, client_id: 'robot' })
    expect(server.ledger.select({ endpoint: 'token' })[0]).toMatchObject({
      clientId: 'robot',
      error: undefined,
    })
  })

  test('may name the token endpoint as audience, and last an hour', async () => {
    const claims = { iss: robot, sub: robot, aud: [`${issuer}/token`], exp: now + 3600 }
    expect((await ask(prepare(), await key.sign(claims))).status).toBe(200)
  })

  test('may act for the users it is registered for', async () => {
    const { body } = await ask(prepare(), await key.sign({ iss: robot, sub: 'ada' }))
    expect(decodeJwt(body['access_token'] ?? '')['sub']).toBe('ada')
  })

  test.each<[string, RegExp, Record<string, unknown>]>([
    ['no sub', /sub is missing/, { sub: undefined }],
    ['another sub', /may not speak for this sub/, { sub: 'grace' }],
    ['another audience', /aud must be the issuer/, { aud: 'https://other.example' }],
    ['two audiences', /aud must be the issuer/, { aud: [issuer, 'https://other.example'] }],
    ['no audience', /aud/, { aud: undefined }],
    ['no expiry', /exp/, { exp: undefined }],
    ['an expiry that has passed', /it has expired/, { exp: now - 60 }],
    ['more than an hour', /more than 3600 seconds after iat/, { exp: now + 3601 }],
    ['more than an hour without iat', /more than 3600 seconds/, { iat: undefined, exp: now + 3601 }],
    ['a time to come', /iat is in the future/, { iat: now + 61 }],
    ['a start to come', /nbf/, { nbf: now + 61 }],
  ])('is refused with %s', async (_name, description, changes) => {
    const { status, body } = await ask(prepare(), await key.sign({ iss: robot, sub: robot, ...changes }))
    expect([status, body['error']]).toEqual([400, 'invalid_grant'])
    expect(body['error_description']).toMatch(description)
    expect(body['error_description']).not.toMatch(/["\\]/)
  })

  test.each<[string, Record<string, unknown>]>([
    ['just expired', { iat: now - 300, exp: now - 59 }],
    ['a minute ahead', { iat: now + 60, nbf: now + 60 }],
  ])('is honoured %s, as clocks differ', async (_name, changes) => {
    const assertion = await key.sign({ iss: robot, sub: robot, ...changes })
    expect((await ask(prepare(), assertion)).status).toBe(200)
  })

  test('is good once where it has a jti', async () => {
    const server = prepare()
    const assertion = await key.sign({ iss: robot, sub: robot, jti: 'one' })
    expect((await ask(server, assertion)).status).toBe(200)
    const again = await ask(server, assertion)
    expect(again.body['error']).toBe('invalid_grant')
    expect(again.body['error_description']).toContain('jti has been used before')
    const without = await key.sign({ iss: robot, sub: robot })
    expect([(await ask(server, without)).status, (await ask(server, without)).status]).toEqual([200, 200])
  })

  test('is refused when signed with another key, or naming a key that is not registered', async () => {
    const other = await createAssertionKey()
    const forged = await ask(prepare(), await other.sign({ iss: robot, sub: robot }))
    expect(forged.body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringMatching(/signature is wrong/),
    })
    const unknown = await ask(prepare(), await key.sign({ iss: robot, sub: robot }, { kid: 'key-2' }))
    expect(unknown.body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringMatching(/no key registered/),
    })
  })

  test('is refused when it is of another client than the one that sends it', async () => {
    const { body } = await ask(prepare(), await key.sign({ iss: robot, sub: robot }), asWeb)
    expect(body).toMatchObject({
      error: 'invalid_grant',
      error_description: expect.stringMatching(/of another client/),
    })
  })

  test.each(['openid', 'orders.burn'])('does not open the scope %s', async (scope) => {
    const { body } = await ask(prepare(), await key.sign({ iss: robot, sub: robot }), { scope })
    expect(body['error']).toBe('invalid_scope')
  })

  test('needs keys to be registered', () => {
    const clients = [{ clientId: 'robot', serviceAccount: {} }]
    expect(() => createServer({ clients })).toThrow('robot: a serviceAccount needs jwks')
  })
})

describe('an assertion of a trusted issuer', () => {
  test('gives an authenticated client a token for its subject', async () => {
    const { body } = await ask(prepare(), await key.sign({ iss: partner, sub: 'user-7' }), asWeb)
    expect(decodeJwt(body['access_token'] ?? '')).toMatchObject({ sub: 'user-7', client_id: 'web' })
  })

  test('is refused about another subject, and without client authentication', async () => {
    const other = await ask(prepare(), await key.sign({ iss: partner, sub: 'user-8' }), asWeb)
    expect(other.body['error']).toBe('invalid_grant')
    const nobody = await ask(prepare(), await key.sign({ iss: partner, sub: 'user-7' }))
    expect([nobody.status, nobody.body['error']]).toEqual([401, 'invalid_client'])
  })
})

describe('an assertion', () => {
  test('of a stranger, that is no JWT, or that is missing is refused', async () => {
    const stranger = await ask(prepare(), await key.sign({ iss: 'https://x.example', sub: 'x' }), asWeb)
    expect(stranger.body['error']).toBe('invalid_grant')
    expect((await ask(prepare(), 'nonsense', asWeb)).body['error']).toBe('invalid_grant')
    expect((await ask(prepare(), 'nonsense')).body['error']).toBe('invalid_client')
    expect((await ask(prepare(), undefined, asWeb)).body['error']).toBe('invalid_request')
  })

  test('is never written down', async () => {
    const server = prepare()
    await ask(server, await key.sign({ iss: robot, sub: robot }))
    expect(server.ledger.requests[0]?.parameters['assertion']).toBe('[masked]')
  })
})
