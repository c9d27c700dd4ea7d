import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { confidentialClient, createServer, createTestBrowser, issuer, publicClient } from './test-support.ts'

/** Discovers the server and sends every later request to it in process. */
async function configure(server: ReturnType<typeof createServer>, clientId: string, secret?: string) {
  const inProcess: client.CustomFetch = (url, init) => server.fetch(new Request(url, init as RequestInit))
  const options = { [client.customFetch]: inProcess }
  return client.discovery(new URL(issuer), clientId, secret, undefined, options)
}

async function startLogin(config: client.Configuration, redirectUri: string) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const checks = {
    pkceCodeVerifier,
    expectedNonce: client.randomNonce(),
    expectedState: client.randomState(),
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    nonce: checks.expectedNonce,
    state: checks.expectedState,
    max_age: '600',
  })
  return { url, checks: { ...checks, maxAge: 600 } }
}

describe('openid-client', () => {
  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
    'completes every flow, signed with %s',
    async (alg) => {
      const server = createServer({ signingAlg: alg, clock: () => Date.now() / 1000 })
      const config = await configure(server, publicClient.clientId)
      const { url, checks } = await startLogin(config, publicClient.redirectUris[0] ?? '')
      const browser = createTestBrowser(server)
      const consent = await browser.submit(await browser.visit(url), {
        username: 'ada',
        password: 'password',
      })
      const response = await browser.submit(consent, { decision: 'allow' })

      const tokens = await client.authorizationCodeGrant(config, response.url, checks)
      const userInfo = await client.fetchUserInfo(config, tokens.access_token, tokens.claims()?.sub ?? '')
      expect(userInfo).toMatchObject({ sub: 'ada', email: 'ada@example.com' })

      const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
      expect(refreshed.claims()?.sub).toBe('ada')
      await client.tokenRevocation(config, refreshed.refresh_token ?? '')
      const refused = client.refreshTokenGrant(config, refreshed.refresh_token ?? '')
      await expect(refused).rejects.toMatchObject({ error: 'invalid_grant' })

      const endSessionUrl = client.buildEndSessionUrl(config, {
        id_token_hint: refreshed.id_token ?? '',
        post_logout_redirect_uri: 'https://app.example/bye',
        state: 'bye',
      })
      expect((await browser.visit(endSessionUrl)).url.href).toBe('https://app.example/bye?state=bye')
    },
  )

  test('authenticates with a secret by its own default', async () => {
    const server = createServer({ clock: () => Date.now() / 1000 })
    const config = await configure(server, confidentialClient.clientId, confidentialClient.clientSecret)
    const { url, checks } = await startLogin(config, confidentialClient.redirectUris[0] ?? '')
    const tokens = await client.authorizationCodeGrant(config, await server.signIn({ url }), checks)
    expect(tokens.claims()?.aud).toBe(confidentialClient.clientId)
  })

  test('hears of a refusal', async () => {
    const server = createServer({ clock: () => Date.now() / 1000 })
    const config = await configure(server, publicClient.clientId)
    const { url, checks } = await startLogin(config, publicClient.redirectUris[0] ?? '')
    const response = await server.signIn({ url, consent: 'deny' })
    const refused = client.authorizationCodeGrant(config, response, checks)
    await expect(refused).rejects.toMatchObject({ error: 'access_denied' })
  })
})
