import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { privateKeyJwt, type PrivateKeyJwtOptions } from './private-key-jwt.ts'
import { createTestServer, issuer, keys, pemOf, refusal, type TestServer } from './test-kit.test-support.ts'

let server: TestServer

beforeEach(() => {
  server = createTestServer()
})

const client = (options: Partial<PrivateKeyJwtOptions> = {}) =>
  privateKeyJwt({
    issuer,
    clientId: 'robot',
    key: pemOf(keys.rsa.privateKey),
    keyId: 'rsa-1',
    runtime: server.runtime,
    ...options,
  })

const kids = () => server.assertions().map(({ header }) => header.kid)

describe('a client with a key', () => {
  it('proves itself by an assertion, in the client credentials grant', async () => {
    const source = await client({ scope: 'orders.read', audience: 'orders' })
    await source.getAccessToken()
    const form = server.forms()[0]
    expect(form?.get('grant_type')).toBe('client_credentials')
    expect(form?.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    expect([form?.get('scope'), form?.get('audience')]).toEqual(['orders.read', 'orders'])
    expect(server.assertions()[0]).toMatchObject({
      header: { alg: 'RS256', kid: 'rsa-1' },
      claims: { iss: 'robot', sub: 'robot', aud: issuer },
    })
  })

  it('names another audience where it is told to', async () => {
    await (await client({ assertionAudience: `${issuer}/token` })).getAccessToken()
    expect(server.assertions()[0]?.claims.aud).toBe(`${issuer}/token`)
  })

  it.each([
    [undefined, 'ec-1'],
    [['ES256', 'RS256'], 'ec-1'],
    [['RS256'], 'rsa-1'],
    [['EdDSA'], 'ec-1'],
  ])('of a server that takes %j signs with %s', async (offered, kid) => {
    server = createTestServer({ token_endpoint_auth_signing_alg_values_supported: offered })
    const source = await client({ keys: [{ key: pemOf(keys.ec.privateKey), keyId: 'ec-1' }] })
    await source.getAccessToken()
    expect(kids()).toEqual([kid])
  })

  it('G04: goes over to another key where one is refused', async () => {
    const source = await client({ keys: [{ key: pemOf(keys.ec.privateKey), keyId: 'ec-1' }] })
    server.next(refusal('invalid_client', { status: 401 }))
    await source.getAccessToken()
    expect(kids()).toEqual(['ec-1', 'rsa-1'])
  })

  it('G03: says which key was refused', async () => {
    server.always(refusal('invalid_client', { status: 401 }))
    await expect((await client()).getAccessToken()).rejects.toMatchObject({
      code: 'assertion_refused',
      keyId: 'rsa-1',
      status: 401,
    })
  })

  it('G06: learns the time from a refusal', async () => {
    const date = new Date(server.clock.wallTime() + 600_000).toUTCString()
    server.next(refusal('invalid_client', { status: 401, headers: { date } }))
    await (await client()).getAccessToken()
    const [first, second] = server.assertions().map(({ claims }) => claims.iat ?? 0)
    expect((second ?? 0) - (first ?? 0)).toBe(600)
  })

  it('may be a key service, or a CryptoKey', async () => {
    const sign = async () => new Uint8Array(64)
    await (await client({ key: { alg: 'ES256', keyId: 'kms-1', sign }, keyId: 'kms-2' })).getAccessToken()
    const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])) as CryptoKeyPair
    await (await client({ key: pair.privateKey, keyId: 'crypto-1' })).getAccessToken()
    expect(kids()).toEqual(['kms-2', 'crypto-1'])
  })

  it('without any key is not made', async () => {
    const options = { issuer, clientId: 'robot', runtime: server.runtime }
    await expect(privateKeyJwt(options)).rejects.toMatchObject({ code: 'credentials_unreadable' })
  })

  it('shares its tokens with others that have the same key', async () => {
    server.always(() => json({ access_token: 'a', token_type: 'Bearer', expires_in: 60 }))
    const sources = await Promise.all([client(), client()])
    await Promise.all(sources.map((source) => source.getAccessToken()))
    expect(server.forms()).toHaveLength(1)
  })
})
