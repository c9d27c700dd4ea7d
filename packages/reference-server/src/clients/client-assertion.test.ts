import { SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { createServer, issuer, type JsonAnswer, post, publicClient } from '../test-support.ts'
import {
  assertionClaims,
  assertionForm,
  type ClientKey,
  createClientKey,
  keyClient,
  now,
} from './client-key.test-support.ts'

const secret = 'a shared secret of thirty-two bytes or more'
const secretClient = { clientId: 'secretive', clientSecret: secret, redirectUris: [] }

let key: ClientKey
beforeAll(async () => {
  key = await createClientKey()
})

const createHere = () => createServer({ clients: [keyClient(key), secretClient, publicClient] })

/** Revoking an unknown token answers 200 once the client is let in. */
function revoke(form: Record<string, string>, server = createHere(), path = '/revoke'): Promise<JsonAnswer> {
  return post(server, path, { token: 'unknown', ...form })
}

describe('private_key_jwt', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])('is accepted with %s', async (alg) => {
    const key = await createClientKey(alg)
    const server = createServer({ clients: [keyClient(key)] })
    const { status, body } = await revoke(assertionForm(await key.sign(assertionClaims())), server)
    expect([status, body]).toEqual([200, {}])
  })

  test.each(['/token', '/par', '/introspect', '/revoke'])('is accepted at %s, once', async (path) => {
    const server = createHere()
    const form = assertionForm(await key.sign(assertionClaims()))
    expect((await revoke(form, server, path)).body['error']).not.toBe('invalid_client')
    const again = await revoke(form, server, path)
    expect([again.status, again.body['error']]).toEqual([401, 'invalid_client'])
    expect(again.body['error_description']).toContain('jti')
  })

  test.each([issuer, [issuer], `${issuer}/token`, `${issuer}/revoke`])(
    'may have the audience %s',
    async (aud) => {
      const jwt = await key.sign({ ...assertionClaims(), aud })
      expect((await revoke({ ...assertionForm(jwt), client_id: 'daemon' })).status).toBe(200)
    },
  )

  test.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://other.example' }],
    ['the audience of another endpoint', { aud: `${issuer}/introspect` }],
    ['two audiences', { aud: [issuer, 'https://other.example'] }],
    ['no audience', { aud: undefined }],
    ['an empty audience', { aud: [] }],
    ['another issuer', { iss: 'spa' }],
    ['no issuer', { iss: undefined }],
    ['no jti', { jti: undefined }],
    ['no expiry', { exp: undefined }],
    ['an expiry in the past', { exp: now - 10 }],
    ['an expiry too far ahead', { exp: now + 3600 }],
    ['a start in the future', { nbf: now + 60 }],
    ['a subject nobody registered', { sub: 'stranger', iss: 'stranger' }],
    ['a public client as its subject', { sub: 'spa', iss: 'spa' }],
    ['a client without keys as its subject', { sub: 'secretive', iss: 'secretive' }],
    ['no subject', { sub: undefined }],
  ])('is refused with %s', async (_name, changes) => {
    const jwt = await key.sign({ ...assertionClaims(), ...changes })
    const { status, body, headers } = await revoke(assertionForm(jwt))
    expect([status, body['error']]).toEqual([401, 'invalid_client'])
    expect(body['error_description']).not.toMatch(/["\\]/)
    expect(headers.has('www-authenticate')).toBe(true)
  })

  test('is refused when it is signed with another key, or not at all', async () => {
    const stranger = await createClientKey()
    expect((await revoke(assertionForm(await stranger.sign(assertionClaims())))).status).toBe(401)
    const [, payload] = (await key.sign(assertionClaims())).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    expect((await revoke(assertionForm(`${none}.${payload}.`))).status).toBe(401)
    const unknownKid = await key.sign(assertionClaims(), { kid: 'k2' })
    expect((await revoke(assertionForm(unknownKid))).status).toBe(401)
  })

  test('is refused with another type, as no JWT, and for another client_id', async () => {
    const form = assertionForm(await key.sign(assertionClaims()))
    const wrongType = {
      ...form,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    }
    expect((await revoke(wrongType)).body['error']).toBe('invalid_client')
    expect((await revoke({ ...form, client_assertion: 'not.a.jwt' })).body['error']).toBe('invalid_client')
    expect((await revoke({ ...form, client_id: 'spa' })).body['error']).toBe('invalid_request')
    expect((await revoke({ ...form, client_id: 'daemon', client_secret: 'x' })).body['error']).toBe(
      'invalid_request',
    )
  })

  test('is refused to a client that registered another method, and frees nobody else’s jti', async () => {
    const other = keyClient(key, { clientId: 'other' })
    const basic = keyClient(key, { clientSecret: secret, tokenEndpointAuthMethod: 'client_secret_basic' })
    const server = createServer({ clients: [basic, other] })
    const claims = assertionClaims()
    expect((await revoke(assertionForm(await key.sign(claims)), server)).status).toBe(401)
    const ofOther = { ...claims, iss: 'other', sub: 'other' }
    expect((await revoke(assertionForm(await key.sign(ofOther)), server)).status).toBe(200)
  })
})

describe('client_secret_jwt', () => {
  const sign = (alg: string, withSecret = secret) =>
    new SignJWT({ ...assertionClaims(), iss: 'secretive', sub: 'secretive' })
      .setProtectedHeader({ alg })
      .sign(new TextEncoder().encode(withSecret))

  test('is accepted with HS256, once', async () => {
    const server = createHere()
    const form = assertionForm(await sign('HS256'))
    expect((await revoke(form, server)).status).toBe(200)
    expect((await revoke(form, server)).status).toBe(401)
  })

  test('is refused with another secret and another algorithm', async () => {
    expect((await revoke(assertionForm(await sign('HS256', `${secret}!`)))).status).toBe(401)
    expect((await revoke(assertionForm(await sign('HS512')))).status).toBe(401)
  })

  test('does not take a public key for a secret', async () => {
    const jwt = await new SignJWT(assertionClaims())
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(key.jwk)))
    expect((await revoke(assertionForm(jwt))).status).toBe(401)
  })
})

test.each([
  ['private_key_jwt without keys', { tokenEndpointAuthMethod: 'private_key_jwt' as const }],
  ['a secret method without a secret', { tokenEndpointAuthMethod: 'client_secret_jwt' as const }],
  ['signed requests without keys', { requireSignedRequestObject: true }],
  ['signed UserInfo by another algorithm', { userinfoSignedResponseAlg: 'RS256' as const }],
])('a client cannot be registered for %s', (_name, changes) => {
  expect(() => createServer({ clients: [{ ...publicClient, ...changes }] })).toThrow('spa')
})
