import { generateKeyPairSync } from 'node:crypto'
import { publicClient } from '@oauth-concierge/core'
import {
  clientCredentials,
  createTokenCache,
  privateKeyJwt,
  serviceAccount,
} from '@oauth-concierge/service-account/node'
import { exportJWK, jwtVerify } from 'jose'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveOidcProvider } from './servers/oidc-provider-server.ts'

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: typeof ec.privateKey, type: 'pkcs8' | 'pkcs1'): string =>
  key.export({ type: type as 'pkcs8', format: 'pem' }) as string

let issuer: string
let close: () => Promise<void>
let assertions: Record<string, unknown>[]

/** The independent judge, taught the grant of service accounts. */
beforeAll(async () => {
  assertions = []
  const keys = [
    { ...(await exportJWK(ec.publicKey)), kid: 'ec-1', alg: 'ES256' },
    { ...(await exportJWK(rsa.publicKey)), kid: 'rsa-1', alg: 'RS256' },
  ]
  const common = {
    grant_types: ['client_credentials', jwtBearer],
    redirect_uris: [],
    response_types: [],
    scope: 'orders.read orders.write',
  }
  const served = await serveOidcProvider({
    clients: [
      { client_id: 'robot', token_endpoint_auth_method: 'none', jwks: { keys }, ...common },
      { client_id: 'signer', token_endpoint_auth_method: 'private_key_jwt', jwks: { keys }, ...common },
      { client_id: 'daemon', client_secret: 'a secret+with/all=of&them%', ...common },
    ] as never,
    scopes: ['orders.read', 'orders.write'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    cookies: { keys: ['only for tests'] },
  })
  const { provider } = served
  ;({ issuer, close } = served)
  const grant = async (ctx: KoaContextWithOIDC): Promise<void> => {
    const { client, params } = ctx.oidc
    const key = ec.publicKey
    const { payload } = await jwtVerify(String(params?.['assertion']), key, {
      audience: issuer,
      issuer: 'robot',
      maxTokenAge: '10m',
    })
    assertions.push(payload)
    const token = new provider.ClientCredentials({ client, scope: String(params?.['scope'] ?? '') } as never)
    const access_token = await token.save()
    ctx.body = { access_token, expires_in: token.expiration, token_type: 'Bearer', scope: token.scope }
  }
  provider.registerGrantType(jwtBearer, grant, ['assertion', 'scope'], [])
})

afterAll(() => close())

describe('machines at oidc-provider, over connections that are kept', () => {
  it('a service account gets a token, and 1,000 callers one', async () => {
    const account = await serviceAccount(
      { client_id: 'robot', private_key: pem(ec.privateKey, 'pkcs8'), kid: 'ec-1' },
      { issuer, scope: 'orders.read', clientAuthentication: publicClient(), cache: createTokenCache() },
    )
    const tokens = await Promise.all(Array.from({ length: 1_000 }, () => account.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    await expect(account.getToken()).resolves.toMatchObject({ tokenType: 'bearer', scope: 'orders.read' })
    expect(assertions).toHaveLength(1)
    expect(assertions[0]).toMatchObject({ iss: 'robot', sub: 'robot', aud: issuer })
  })

  it.each([
    ['ec-1', () => pem(ec.privateKey, 'pkcs8')],
    ['rsa-1', () => pem(rsa.privateKey, 'pkcs1')],
  ])('a client proves itself by the key %s', async (keyId, key) => {
    const source = await privateKeyJwt({
      issuer,
      clientId: 'signer',
      key: key(),
      keyId,
      scope: 'orders.write',
      cache: createTokenCache(),
    })
    await expect(source.getToken()).resolves.toMatchObject({ scope: 'orders.write' })
  })

  it('a client proves itself by a secret of every kind of characters', async () => {
    const source = clientCredentials({
      issuer,
      clientId: 'daemon',
      clientSecret: 'a secret+with/all=of&them%',
      cache: createTokenCache(),
    })
    await expect(source.getAccessToken()).resolves.toEqual(expect.any(String))
  })

  it('G03: a key that it does not know is refused', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const source = await privateKeyJwt({
      issuer,
      clientId: 'signer',
      key: pem(other.privateKey, 'pkcs8'),
      keyId: 'gone',
    })
    await expect(source.getAccessToken()).rejects.toMatchObject({
      code: 'assertion_refused',
      error: 'invalid_client',
      keyId: 'gone',
    })
  })
})
