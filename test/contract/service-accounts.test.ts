import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type Runtime, tokenTypes } from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import {
  createReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import {
  clientCredentials,
  createTokenCache,
  deviceLogin,
  privateKeyJwt,
  serviceAccount,
  tokenExchange,
  workloadIdentity,
} from '@oauth-concierge/service-account'
import { exportJWK, type JWK, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'

const issuer = 'https://id.example.com'

let clock: ManualClock
let server: ReferenceServer
let runtime: Partial<Runtime>

/** The machine's clock may be off; the server's is right, and each of its answers says what it shows. */
function start(options: Partial<ReferenceServerOptions>, offset: () => number = () => 0): void {
  clock = createManualClock()
  const serverTime = (): number => clock.wallTime() / 1000 + offset()
  server = createReferenceServer({ issuer, clock: serverTime, ...options })
  const http: Runtime['http'] = async (url, init) => {
    const response = await server.fetch(new Request(url, init))
    const headers = new Headers(response.headers)
    headers.set('date', new Date(serverTime() * 1000).toUTCString())
    return new Response(response.body, { status: response.status, headers })
  }
  runtime = { clock, http }
}

const claimsOf = (jwt: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
const tokenRequests = (): number => server.ledger.count({ endpoint: 'token' })

describe('a service account at a server of the dialect authn', () => {
  async function mint(name: string): Promise<object> {
    const response = await server.fetch(
      new Request(`${issuer}/admin/service-accounts`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa('admin:admin-secret')}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      }),
    )
    return (await response.json()) as object
  }

  it('gets tokens for the scope in its assertion, by the file as it is', async () => {
    start({ dialect: 'authn' })
    const account = await serviceAccount(await mint('sync'), { scope: 'orders.write orders.read', runtime })
    const { accessToken, scope, expiresAt } = await account.getToken()
    expect(claimsOf(accessToken)).toMatchObject({
      sub: 'sync@project-1.iam.example',
      scope: 'orders.read orders.write',
    })
    expect(scope).toBe('orders.read orders.write')
    expect(expiresAt).toBe(clock.wallTime() / 1000 + 3_600)
    await clock.advance(3_600)
    await expect(account.getAccessToken()).resolves.not.toBe(accessToken)
    server.assert.noErrors()
  })

  it('G10: with 10,000 callers asks once', async () => {
    start({ dialect: 'authn' })
    const account = await serviceAccount(await mint('sync'), { scope: 'orders.read', runtime })
    const tokens = await Promise.all(Array.from({ length: 10_000 }, () => account.getAccessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toBe(1)
  })

  it.each([300, -300, 7_200])(
    'G06: on a machine whose clock is %i s slow gets them by one attempt more',
    async (offset) => {
      start({ dialect: 'authn' }, () => offset)
      const account = await serviceAccount(await mint('sync'), { scope: 'orders.read', runtime })
      await account.getAccessToken()
      expect(tokenRequests()).toBe(2)
      await clock.advance(3_600)
      await account.getAccessToken()
      expect(tokenRequests()).toBe(3)
    },
  )

  it('G03: whose key the server does not know is told which', async () => {
    start({ dialect: 'authn' })
    const account = await serviceAccount({ ...(await mint('sync')), private_key_id: 'deleted' }, { runtime })
    await expect(account.getAccessToken()).rejects.toMatchObject({
      code: 'assertion_refused',
      error: 'invalid_grant',
      keyId: 'deleted',
    })
    expect(tokenRequests()).toBe(1)
  })

  it('G04: goes over to the next key of its file', async () => {
    start({ dialect: 'authn' })
    const files = [await mint('sync'), await mint('sync')]
    let at = 0
    const reader = { place: 'the test', read: async () => files[at] ?? {}, hasChanged: async () => false }
    const account = await serviceAccount(reader, { scope: 'orders.read', runtime })
    await account.getAccessToken()
    at = 1
    await clock.advance(3_600)
    await account.getAccessToken()
    server.assert.noErrors()
  })

  it('and a client of the same server get tokens side by side', async () => {
    start({ dialect: 'authn' })
    const metadata = { token_endpoint: `${issuer}/oauth/token` }
    const backend = clientCredentials({
      issuer,
      metadata,
      clientId: 'backend',
      clientSecret: 'backend-secret',
      runtime,
    })
    expect(claimsOf(await backend.getAccessToken())).toMatchObject({ sub: 'backend' })
  })
})

describe('machines at a server by the book', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const platform = generateKeyPairSync('ec', { namedCurve: 'P-256' })

  const jwkOf = async (key: KeyObject, kid: string, alg: string): Promise<JWK> => ({
    ...(await exportJWK(key)),
    kid,
    alg,
  })
  const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string
  const grantTypes = [
    'client_credentials',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:ietf:params:oauth:grant-type:device_code',
  ]

  const prepare = async (offset?: () => number): Promise<void> => {
    const jwks = {
      keys: [await jwkOf(ec.publicKey, 'ec-1', 'ES256'), await jwkOf(rsa.publicKey, 'rsa-1', 'RS256')],
    }
    const clients = [
      {
        clientId: 'robot',
        jwks,
        grantTypes,
        serviceAccount: { email: 'robot@example.com', actsFor: ['ada'] },
      },
      { clientId: 'daemon', clientSecret: 'a secret+with/all=of&them%', grantTypes },
      { clientId: 'tool', grantTypes },
    ]
    const trustedIssuers = [
      {
        issuer: 'https://platform.example',
        jwks: { keys: [await jwkOf(platform.publicKey, 'p-1', 'ES256')] },
      },
    ]
    start({ clients, trustedIssuers, scopes: { 'orders.read': 'Read', 'orders.write': 'Write' } }, offset)
  }

  beforeEach(() => prepare())

  const account = (options = {}) =>
    serviceAccount(
      { client_id: 'robot', private_key: pem(ec.privateKey), kid: 'ec-1' },
      { issuer, runtime, scope: 'orders.read', ...options },
    )

  it('a service account gets tokens for itself, for a user, and for a resource', async () => {
    const robot = await account()
    expect(claimsOf(await robot.getAccessToken())).toMatchObject({
      sub: 'robot@example.com',
      scope: 'orders.read',
    })
    expect(claimsOf(await robot.for({ subject: 'ada' }).getAccessToken())).toMatchObject({ sub: 'ada' })
    const resource = 'https://api.example.com/orders'
    expect(claimsOf(await robot.for({ resource }).getAccessToken())).toMatchObject({ aud: resource })
    server.assert.noErrors()
    server.assert.noSecretsInUrls()
  })

  it.each([
    ['ES256', () => pem(ec.privateKey), 'ec-1'],
    ['RS256', () => pem(rsa.privateKey), 'rsa-1'],
  ])('a client proves itself with %s', async (_, key, keyId) => {
    const source = await privateKeyJwt({
      issuer,
      clientId: 'robot',
      key: key(),
      keyId,
      scope: 'orders.read',
      runtime,
    })
    expect(claimsOf(await source.getAccessToken())).toMatchObject({ client_id: 'robot' })
  })

  it('a client with several keys is served by ES256', async () => {
    const keys = [{ key: pem(ec.privateKey), keyId: 'ec-1' }]
    const source = await privateKeyJwt({
      issuer,
      clientId: 'robot',
      key: pem(rsa.privateKey),
      keyId: 'rsa-1',
      keys,
      runtime,
    })
    await source.getAccessToken()
    server.assert.noErrors()
  })

  it.each([900, -900])(
    'G06: assertions of both kinds are dated by the server’s clock, which is %i s ahead',
    async (offset) => {
      await prepare(() => offset)
      await (await account()).getAccessToken()
      const source = await privateKeyJwt({
        issuer,
        clientId: 'robot',
        key: pem(ec.privateKey),
        keyId: 'ec-1',
        runtime,
      })
      await source.getAccessToken()
      expect(tokenRequests()).toBe(4)
    },
  )

  it('G08: no assertion is sent twice', async () => {
    const robot = await account({ cache: createTokenCache() })
    for (let hour = 0; hour < 5; hour += 1) {
      await robot.getAccessToken()
      await clock.advance(3_600)
    }
    server.assert.noErrors()
  })

  it('a client with a secret of every kind of characters gets a token, and exchanges it', async () => {
    const options = { issuer, clientId: 'daemon', clientSecret: 'a secret+with/all=of&them%', runtime }
    const daemon = clientCredentials({ ...options, scope: 'orders.read orders.write' })
    const exchanged = tokenExchange({
      ...options,
      subjectToken: daemon,
      actorToken: await account(),
      audience: 'https://api.example',
      scope: 'orders.read',
    })
    const claims = claimsOf(await exchanged.getAccessToken())
    expect(claims).toMatchObject({
      aud: 'https://api.example',
      scope: 'orders.read',
      act: { sub: 'robot@example.com' },
    })
  })

  const platformToken = () =>
    new SignJWT({ iss: 'https://platform.example', sub: 'job-7', aud: issuer, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'p-1', typ: 'JWT' })
      .setIssuedAt(clock.wallTime() / 1000)
      .setExpirationTime(clock.wallTime() / 1000 + 300)
      .sign(platform.privateKey)

  it.each(['assertion', 'exchange'] as const)(
    'a workload gets a token by that of its platform (%s)',
    async (use) => {
      const clientAuthentication = (_: unknown, __: unknown, ___: unknown, headers: Headers): void =>
        headers.set(
          'authorization',
          `Basic ${btoa(`daemon:${encodeURIComponent('a secret+with/all=of&them%').replaceAll('%20', '+')}`)}`,
        )
      const workload = workloadIdentity({
        issuer,
        use,
        token: platformToken,
        clientId: 'daemon',
        clientAuthentication,
        scope: 'orders.read',
        subjectTokenType: tokenTypes.jwt,
        runtime,
      })
      expect(claimsOf(await workload.getAccessToken())).toMatchObject({ sub: 'job-7' })
      await clock.advance(3_600)
      await workload.getAccessToken()
      server.assert.noErrors()
    },
  )

  it('a tool lets its user log in on another device, and its tokens rotate', async () => {
    const sleep = (duration: number, signal?: AbortSignal): Promise<void> =>
      signal ? clock.sleep(duration, signal) : clock.advance(duration / 1000)
    const login = deviceLogin({
      issuer,
      clientId: 'tool',
      scope: 'openid offline_access orders.read',
      prompt: ({ userCode }) => server.approveDevice({ userCode }),
      runtime: { ...runtime, clock: { ...clock, sleep } },
    })
    const first = await login.getAccessToken()
    expect(login.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    await clock.advance(7_200)
    await expect(login.getAccessToken()).resolves.not.toBe(first)
    server.assert.noRefreshTokenReused()
  })

  it('a token that is revoked at the server is replaced at the first 401', async () => {
    const robot = await account({ apis: [issuer] })
    await robot.getAccessToken()
    await clock.advance(60)
    const { issuer: resource } = server
    expect((await robot.fetch(`${resource}/resource`)).status).toBe(200)
    server.ledger.tokens
      .filter(({ kind }) => kind === 'access_token')
      .forEach(({ familyId }) => server.revokeFamily(familyId ?? ''))
    expect((await robot.fetch(`${resource}/resource`)).status).toBe(200)
    expect(tokenRequests()).toBe(2)
  })
})
