import {
  clientSecretBasic,
  clientSecretBasicRaw,
  clientSecretPost,
  createMemoryStore,
  createRelyingParty,
  createTokenClient,
  type RelyingParty,
  type RelyingPartyOptions,
  requestClientCredentials,
  serverHabits,
  type TokenClientOptions,
} from '@oauth-concierge/core'
import {
  dropIdToken,
  requestGat,
  requestPasswordToken,
  unsafeAllowGat,
  unsafeAllowPasswordGrant,
} from '@oauth-concierge/core/legacy'
import {
  createReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import { describe, expect, it } from 'vitest'

const redirectUri = 'http://127.0.0.1/callback'
const overServer = (server: ReferenceServer) => ({
  http: (url: string, init: RequestInit) => server.fetch(new Request(url, init)),
})

function createGuest(
  server: ReferenceServer,
  options: Partial<RelyingPartyOptions> & { readonly clientId: string },
): RelyingParty {
  const stores = { transactions: createMemoryStore(), vault: createMemoryStore() }
  return createRelyingParty({ issuer: server.issuer, ...stores, ...options, runtime: overServer(server) })
}

async function logIn(server: ReferenceServer, relyingParty: RelyingParty): Promise<void> {
  const { url } = await relyingParty.startLogin({ redirectUri })
  await relyingParty.finishLogin((await server.signIn({ url })).searchParams)
}

const newServer = (options: Omit<ReferenceServerOptions, 'issuer'>, issuer = 'https://id.example') =>
  createReferenceServer({ issuer, ...options })

describe('passport', () => {
  it('a login with fractional times, a key without a name and no iss; a refreshed ID token without a nonce', async () => {
    const server = newServer({ dialect: 'passport', lifetimes: { accessToken: 2 } })
    const guest = createGuest(server, { clientId: '1' })
    await logIn(server, guest)
    expect(guest.session).toMatchObject({ status: 'authenticated', claims: { iat: expect.any(Number) } })
    const token = await guest.getAccessToken()
    await expect.poll(() => guest.getAccessToken(), { timeout: 20_000 }).not.toBe(token)
  })

  it('requests in flight with a token that a refresh has ended are made again with the new one', async () => {
    const server = newServer({ dialect: 'passport' })
    const guest = createGuest(server, { clientId: '6', scope: 'openid account.read', apis: [server.issuer] })
    await logIn(server, guest)
    const profile = (): Promise<Response> => guest.fetch(`${server.issuer}/account/profile`)
    await expect(profile()).resolves.toMatchObject({ status: 200 })
    await guest.for('https://api.example').getAccessToken()
    const answers = await Promise.all(Array.from({ length: 10 }, profile))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(server.ledger.count({ path: '/account/profile', status: 401 })).toBe(10)
    expect(server.ledger.count({ grantType: 'refresh_token', status: 200 })).toBe(2)
  })

  it.each([
    ['newer', {}],
    ['older', { serverHabits: serverHabits({ deadRefreshToken: ['invalid_request'] }) }],
  ] as const)('a dead refresh token of a %s server ends the session', async (generation, habits) => {
    const server = newServer({ dialect: 'passport', passport: { generation } })
    const guest = createGuest(server, { clientId: '1', ...habits })
    await logIn(server, guest)
    server.revokeSession({ username: 'ada' })
    await expect(guest.for('https://api.example').getAccessToken()).rejects.toMatchObject({
      code: 'session_expired',
    })
  })
})

describe('auth0', () => {
  it('a login and a refresh at an issuer that ends in a slash', async () => {
    const server = newServer({ dialect: 'auth0' }, 'https://tenant.example/')
    const guest = createGuest(server, { clientId: 'spa', scope: 'openid profile offline_access' })
    await logIn(server, guest)
    expect(guest.session).toMatchObject({
      status: 'authenticated',
      claims: { iss: 'https://tenant.example/' },
    })
    await expect(guest.for('https://api.example').getAccessToken()).resolves.toEqual(expect.any(String))
  })

  it('an issuer written without its slash is refused with the words that help', async () => {
    const server = newServer({ dialect: 'auth0' }, 'https://tenant.example/')
    const guest = createGuest(server, { clientId: 'spa', issuer: 'https://tenant.example' })
    await expect(logIn(server, guest)).rejects.toMatchObject({
      code: 'metadata_issuer_mismatch',
      message: expect.stringContaining('"https://tenant.example/"'),
    })
  })

  it('a web application with its secret in the body, and a program', async () => {
    const server = newServer({ dialect: 'auth0' }, 'https://tenant.example/')
    const web = createGuest(server, { clientId: 'web', clientAuthentication: clientSecretPost('web-secret') })
    await logIn(server, web)
    expect(web.session.status).toBe('authenticated')
    const program = createTokenClient({
      issuer: server.issuer,
      clientId: 'm2m',
      clientAuthentication: clientSecretPost('m2m-secret'),
      runtime: overServer(server),
    })
    const request = requestClientCredentials(program, {
      extraParameters: { audience: 'https://api.example/' },
    })
    await expect(request).resolves.toMatchObject({ tokenType: 'bearer', expiresIn: 86_400 })
  })
})

describe('authn', () => {
  const clientOf = (
    server: ReferenceServer,
    options: Partial<TokenClientOptions> = {},
  ): TokenClientOptions => ({
    issuer: server.issuer,
    clientId: 'backend',
    clientAuthentication: clientSecretBasic('backend-secret'),
    metadata: {
      authorization_endpoint: `${server.issuer}/oauth/authorize`,
      token_endpoint: `${server.issuer}/oauth/token`,
    },
    runtime: overServer(server),
    ...options,
  })

  it('a login without discovery and without an ID token, with S256, and a refresh', async () => {
    const server = newServer({ dialect: 'authn' })
    const { metadata, clientAuthentication } = clientOf(server)
    const options = {
      clientId: 'backend',
      scope: 'profile',
      ...(metadata && { metadata }),
      ...(clientAuthentication && { clientAuthentication }),
    }
    const guest = createGuest(server, options)
    await logIn(server, guest)
    expect(guest.session).toMatchObject({ status: 'authenticated', claims: undefined })
    expect(server.ledger.select({ endpoint: 'authorize' })[0]?.parameters).toMatchObject({
      code_challenge_method: 'S256',
    })
  })

  it('client credentials and passwords', async () => {
    const server = newServer({ dialect: 'authn' })
    const tokenClient = createTokenClient(clientOf(server))
    await expect(requestClientCredentials(tokenClient)).resolves.toMatchObject({ expiresIn: 3_600 })
    const grant = {
      allowPasswordGrant: unsafeAllowPasswordGrant,
      username: 'ada',
      password: 'password',
    } as const
    await expect(requestPasswordToken(tokenClient, grant)).resolves.toMatchObject({
      refreshToken: expect.any(String),
    })
    await expect(requestPasswordToken(tokenClient, { ...grant, username: 'grace' })).resolves.toHaveProperty(
      'requirePasswordChange',
    )
  })
})

describe('gluu', () => {
  const secret = 'storage+secret/100%=&'
  const clientOf = (server: ReferenceServer, clientAuthentication = clientSecretBasicRaw(secret)) =>
    createTokenClient({
      issuer: server.issuer,
      clientId: '@!1111!0008!FF81!2D39',
      clientAuthentication,
      metadata: { token_endpoint: `${server.issuer}/oxauth/seam/resource/restv1/oxauth/token` },
      runtime: overServer(server),
    })

  it('takes raw Basic credentials and no others', async () => {
    const server = newServer({ dialect: 'gluu' })
    await expect(requestClientCredentials(clientOf(server), { scope: 'storage' })).resolves.toMatchObject({
      tokenType: 'bearer',
    })
    const encoded = requestClientCredentials(clientOf(server, clientSecretBasic(secret)), {
      scope: 'storage',
    })
    await expect(encoded).rejects.toMatchObject({ error: 'invalid_client' })
  })

  it('its ID token is refused with the reason, and its tokens can be had without it', async () => {
    const tokenClient = clientOf(newServer({ dialect: 'gluu' }))
    const grant = {
      allowPasswordGrant: unsafeAllowPasswordGrant,
      username: 'ada',
      password: 'password',
      scope: 'openid',
    } as const
    await expect(requestPasswordToken(tokenClient, grant)).rejects.toMatchObject({
      message: expect.stringMatching(/HS256|milliseconds/),
    })
    await expect(
      requestPasswordToken(tokenClient, { ...grant, withoutIdToken: dropIdToken }),
    ).resolves.toMatchObject({ idToken: undefined })
  })

  it('gives its own access-management token', async () => {
    const tokenClient = clientOf(newServer({ dialect: 'gluu' }))
    const { accessToken } = await requestClientCredentials(tokenClient, { scope: 'uma_authorization' })
    const gat = requestGat(tokenClient, { allowGat: unsafeAllowGat, accessToken, scopes: ['view', 'manage'] })
    await expect(gat).resolves.toEqual(expect.any(String))
  })
})
