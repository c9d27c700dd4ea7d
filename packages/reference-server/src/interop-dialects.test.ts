import { createPrivateKey } from 'node:crypto'
import { SignJWT } from 'jose'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from './create-reference-server.ts'
import { basic, callback, createDialectServer, origin, postJson } from './dialects/dialect.test-support.ts'
import type { DialectName, ReferenceServerOptions } from './options.ts'

const realTime = { clock: () => Date.now() / 1000 }

const create = (dialect: DialectName, options: Partial<ReferenceServerOptions> = {}) =>
  createDialectServer(dialect, { ...realTime, ...options })

const inProcess = (server: ReferenceServer) => (url: string, init: object) =>
  server.fetch(new Request(url, init))

const httpOf = (server: ReferenceServer) => ({ [oauth.customFetch]: inProcess(server) })

/** Logs in with openid-client and refreshes. */
async function logIn(server: ReferenceServer, config: openid.Configuration, scope: string, more = {}) {
  const pkceCodeVerifier = openid.randomPKCECodeVerifier()
  const isOpenid = scope.includes('openid')
  const checks = {
    pkceCodeVerifier,
    expectedState: openid.randomState(),
    ...(isOpenid && { expectedNonce: openid.randomNonce() }),
  }
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    ...(isOpenid && { nonce: checks.expectedNonce ?? '' }),
    ...more,
  })
  return openid.authorizationCodeGrant(config, await server.signIn({ url }), checks)
}

function discover(server: ReferenceServer, clientId: string, secret?: string) {
  const options = { [openid.customFetch]: inProcess(server) as openid.CustomFetch }
  return openid.discovery(new URL(server.issuer), clientId, secret, undefined, options)
}

/** What a client is told by hand where there is no metadata. */
function configure(
  server: ReferenceServer,
  metadata: object,
  client: [string, string | undefined, openid.ClientAuth],
) {
  const config = new openid.Configuration({ issuer: origin, ...metadata }, ...client)
  config[openid.customFetch] = inProcess(server) as openid.CustomFetch
  return config
}

describe('passport', () => {
  test.each([
    ['1', undefined],
    ['2', 'PortalPortalPortalPortalPortalPortal0002'],
  ])('lets openid-client log in as client %s, refresh and log out', async (clientId, secret) => {
    const server = create('passport')
    const config = await discover(server, clientId, secret)
    const tokens = await logIn(server, config, 'openid profile email')
    expect(tokens.claims()).toMatchObject({ sub: '1', name: 'Ada Example' })
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.claims()?.sub).toBe('1')
    const dead = openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await expect(dead).rejects.toMatchObject({ error: 'invalid_grant' })
    const url = openid.buildEndSessionUrl(config, {
      id_token_hint: refreshed.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1/',
    })
    expect((await server.fetch(new Request(url))).headers.get('location')).toBe('http://127.0.0.1/')
  })

  test('lets openid-client ask for userinfo, introspection and revocation where they are announced', async () => {
    const server = create('passport', { passport: { fullDiscovery: true } })
    const config = await discover(server, '2', 'PortalPortalPortalPortalPortalPortal0002')
    const { access_token: token } = await logIn(server, config, 'openid email')
    expect(await openid.fetchUserInfo(config, token, '1')).toMatchObject({ email: 'ada@example.com' })
    expect((await openid.tokenIntrospection(config, token)).active).toBe(true)
    await openid.tokenRevocation(config, token)
    expect((await openid.tokenIntrospection(config, token)).active).toBe(false)
  })

  test('lets oauth4webapi use the password grant and check the ID token', async () => {
    const server = create('passport', { passport: { passwordGrant: true } })
    const as = await discoverAs(server)
    const client = { client_id: '3' }
    const authentication = oauth.ClientSecretPost('PasswordsOfAccountsPasswordsOfAccount003')
    const form = { username: '1001', password: 'password', scope: 'openid profile' }
    const answer = await oauth.genericTokenEndpointRequest(
      ...([as, client, authentication, 'password', form, httpOf(server)] as const),
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, answer)
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: '1', name: 'Ada Example' })
    await oauth.validateApplicationLevelSignature(as, answer, httpOf(server))
  })

  test('is told apart by a strict client where issuer and endpoints disagree', async () => {
    const server = create('passport', { passport: { issuerScheme: 'http' } })
    const wrong = oauth.discoveryRequest(new URL(origin), httpOf(server))
    await expect(oauth.processDiscoveryResponse(new URL(origin), await wrong)).rejects.toMatchObject({
      code: oauth.JSON_ATTRIBUTE_COMPARISON,
    })
  })
})

async function discoverAs(server: ReferenceServer): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.issuer)
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, httpOf(server)))
}

describe('authn', () => {
  const metadata = {
    authorization_endpoint: `${origin}/oauth/authorize`,
    token_endpoint: `${origin}/oauth/token`,
  }
  const backend: [string, string, openid.ClientAuth] = [
    'backend',
    'backend-secret',
    openid.ClientSecretBasic('backend-secret'),
  ]

  test('lets openid-client log in and refresh, told by hand', async () => {
    const server = create('authn')
    const spa = configure(server, metadata, ['spa', undefined, openid.None()])
    expect((await logIn(server, spa, 'orders.read')).access_token).toMatch(/^ey/)
    const config = configure(server, metadata, backend)
    const tokens = await logIn(server, config, 'orders.read')
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
  })

  test('lets openid-client use client_credentials, the password grant and an assertion', async () => {
    const server = create('authn')
    const config = configure(server, metadata, backend)
    expect((await openid.clientCredentialsGrant(config)).refresh_token).toBeUndefined()
    const form = { username: 'grace', password: 'password' }
    const tokens = await openid.genericGrantRequest(config, 'password', form)
    expect(tokens['require_password_change']).toBe(true)

    const { body } = await postJson(server, '/admin/service-accounts', {}, basic('admin', 'admin-secret'))
    const file = body as Record<string, string>
    const now = Math.floor(realTime.clock())
    const claims = { iss: file['client_email'] ?? '', aud: file['token_uri'] ?? '', iat: now, exp: now + 60 }
    const assertion = await new SignJWT({ ...claims, scope: 'orders.read' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: file['private_key_id'] ?? '' })
      .sign(createPrivateKey(file['private_key'] ?? ''))
    const noAuthentication: openid.ClientAuth = () => undefined
    const account = configure(server, metadata, [file['client_id'] ?? '', undefined, noAuthentication])
    const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
    const answer = await openid.genericGrantRequest(account, grantType, { assertion })
    expect(answer.access_token).toMatch(/^ey/)
  })
})

describe('gluu', () => {
  const as: oauth.AuthorizationServer = {
    issuer: origin,
    token_endpoint: `${origin}/oxauth/seam/resource/restv1/oxauth/token`,
  }
  const client = { client_id: '@!1111!0008!FF81!2D39' }
  const secret = 'storage+secret/100%=&'
  /** Written by hand: the library's own way form-encodes the two halves. */
  const rawBasic: oauth.ClientAuth = (_as, { client_id: clientId }, _body, headers) =>
    headers.set('Authorization', basic(clientId, secret).Authorization)

  test('lets oauth4webapi use client_credentials with raw credentials only', async () => {
    const server = create('gluu')
    const ask = (authentication: oauth.ClientAuth) =>
      oauth.clientCredentialsGrantRequest(as, client, authentication, { scope: 'storage' }, httpOf(server))
    const tokens = await oauth.processClientCredentialsResponse(as, client, await ask(rawBasic))
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'storage' })
    const refused = await ask(oauth.ClientSecretBasic(secret))
    expect(refused.status).toBe(401)
  })

  test('lets oauth4webapi have tokens by password without openid, and refresh', async () => {
    const server = create('gluu')
    const form = { username: 'ada', password: 'password', scope: 'storage' }
    const answer = await oauth.genericTokenEndpointRequest(
      ...([as, client, rawBasic, 'password', form, httpOf(server)] as const),
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(as, client, answer)
    const refreshToken = tokens.refresh_token ?? ''
    const second = await oauth.refreshTokenGrantRequest(as, client, rawBasic, refreshToken, httpOf(server))
    expect((await oauth.processRefreshTokenResponse(as, client, second)).access_token).toMatch(/-/)
  })
})

describe('auth0', () => {
  const api = 'https://api.example/'

  test('lets openid-client log in, refresh and ask for userinfo', async () => {
    const server = create('auth0')
    const config = await discover(server, 'spa')
    const tokens = await logIn(server, config, 'openid profile offline_access', { audience: api })
    expect(tokens.claims()).toMatchObject({ sub: 'auth0|ada', nickname: 'ada' })
    expect(tokens.scope).toBeUndefined()
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
    expect(refreshed.claims()?.sub).toBe('auth0|ada')
    const info = await openid.fetchUserInfo(config, refreshed.access_token, 'auth0|ada')
    expect(info).toMatchObject({ name: 'Ada Example' })
    await openid.tokenRevocation(config, refreshed.refresh_token ?? '')
  })

  test('lets openid-client log in with a secret in the form, and a machine have a token', async () => {
    const server = create('auth0')
    const web = await discover(server, 'web', 'web-secret')
    expect((await logIn(server, web, 'openid')).claims()?.aud).toBe('web')
    const machine = await discover(server, 'm2m', 'm2m-secret')
    const tokens = await openid.clientCredentialsGrant(machine, { audience: api })
    expect(tokens.expires_in).toBe(86_400)
  })
})
