import * as oauth from 'oauth4webapi'
import { describe, expect, test } from 'vitest'
import { confidentialClient, createServer, createTestBrowser, issuer, publicClient } from './test-support.ts'

const redirectUri = publicClient.redirectUris[0] ?? ''

function prepare(options: Parameters<typeof createServer>[0] = {}) {
  const server = createServer({ clock: () => Date.now() / 1000, ...options })
  const inProcess = (url: string, init: object): Promise<Response> => server.fetch(new Request(url, init))
  const http = { [oauth.customFetch]: inProcess }
  const discover = async (algorithm: 'oidc' | 'oauth2') => {
    const expected = new URL(issuer)
    return oauth.processDiscoveryResponse(
      expected,
      await oauth.discoveryRequest(expected, { algorithm, ...http }),
    )
  }
  return { server, http, discover }
}

async function startLogin(as: oauth.AuthorizationServer, clientId: string, redirectUri: string) {
  const verifier = oauth.generateRandomCodeVerifier()
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  }).toString()
  return { url, verifier, state, nonce }
}

describe('oauth4webapi', () => {
  test.each(['oidc', 'oauth2'] as const)('completes every flow, discovered by %s', async (algorithm) => {
    const { server, http, discover } = prepare()
    const as = await discover(algorithm)
    const client: oauth.Client = { client_id: 'spa' }
    const authentication = oauth.None()
    const { url, verifier, state, nonce } = await startLogin(as, 'spa', redirectUri)

    const browser = createTestBrowser(server)
    const consent = await browser.submit(await browser.visit(url), { username: 'ada', password: 'password' })
    const response = await browser.submit(consent, { decision: 'allow' })
    const callback = oauth.validateAuthResponse(as, client, response.url, state)

    const answer = await oauth.authorizationCodeGrantRequest(
      ...([as, client, authentication, callback, redirectUri, verifier, http] as const),
    )
    const checks = { expectedNonce: nonce, requireIdToken: true }
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, checks)
    await oauth.validateApplicationLevelSignature(as, answer, http)

    const userInfo = await oauth.userInfoRequest(as, client, tokens.access_token, http)
    const claims = await oauth.processUserInfoResponse(as, client, 'ada', userInfo)
    expect(claims['name']).toBe('Ada Example')

    const second = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      tokens.refresh_token ?? '',
      http,
    )
    const refreshed = await oauth.processRefreshTokenResponse(as, client, second)
    const revocation = await oauth.revocationRequest(as, client, authentication, refreshed.access_token, http)
    await oauth.processRevocationResponse(revocation)
    const refused = await oauth.userInfoRequest(as, client, refreshed.access_token, http)
    await expect(oauth.processUserInfoResponse(as, client, 'ada', refused)).rejects.toThrow(
      oauth.WWWAuthenticateChallengeError,
    )

    const endSession = new URL(as.end_session_endpoint ?? '')
    endSession.searchParams.set('id_token_hint', refreshed.id_token ?? '')
    expect((await browser.visit(endSession)).text).toContain('You are signed out')
  })

  test.each([oauth.ClientSecretBasic, oauth.ClientSecretPost])('authenticates by %o', async (method) => {
    const { server, http, discover } = prepare()
    const as = await discover('oidc')
    const { clientId, clientSecret = '', redirectUris } = confidentialClient
    const client: oauth.Client = { client_id: clientId }
    const webRedirectUri = redirectUris[0] ?? ''
    const { url, verifier, state, nonce } = await startLogin(as, clientId, webRedirectUri)
    const callback = oauth.validateAuthResponse(as, client, await server.signIn({ url }), state)
    const answer = await oauth.authorizationCodeGrantRequest(
      ...([as, client, method(clientSecret), callback, webRedirectUri, verifier, http] as const),
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce })
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('ada')
  })

  test('accepts the access tokens as a resource server does', async () => {
    const audience = 'https://api.example'
    const { server, http, discover } = prepare({ audience })
    const as = await discover('oauth2')
    const { url, verifier, state, nonce } = await startLogin(as, 'spa', redirectUri)
    const callback = oauth.validateAuthResponse(as, { client_id: 'spa' }, await server.signIn({ url }), state)
    const answer = await oauth.authorizationCodeGrantRequest(
      ...([as, { client_id: 'spa' }, oauth.None(), callback, redirectUri, verifier, http] as const),
    )
    const checks = { expectedNonce: nonce }
    const tokens = await oauth.processAuthorizationCodeResponse(as, { client_id: 'spa' }, answer, checks)
    const headers = { Authorization: `Bearer ${tokens.access_token}` }
    const request = new Request('https://api.example/orders', { headers })
    const claims = await oauth.validateJwtAccessToken(as, request, audience, http)
    expect(claims).toMatchObject({ sub: 'ada', client_id: 'spa', scope: 'openid profile' })
  })
})
