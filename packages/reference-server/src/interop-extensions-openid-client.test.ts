import * as client from 'openid-client'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ClientKey, createClientKey, keyClient } from './clients/client-key.test-support.ts'
import type { ClientOptions } from './options.ts'
import { createServer, issuer } from './test-support.ts'

const redirectUri = 'https://app.example/callback'

let key: ClientKey
beforeAll(async () => {
  key = await createClientKey('PS256')
})

async function prepare(more: Partial<ClientOptions> = {}, metadata: Partial<client.ClientMetadata> = {}) {
  const server = createServer({ clients: [keyClient(key, more)], clock: () => Date.now() / 1000 })
  const inProcess: client.CustomFetch = (url, init) => server.fetch(new Request(url, init as RequestInit))
  const options = { [client.customFetch]: inProcess }
  const authentication = client.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' })
  const config = await client.discovery(new URL(issuer), 'daemon', metadata, authentication, options)
  return { server, config, options }
}

async function buildParameters(more: Record<string, string> = {}) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: 'st-1',
    ...more,
  }
  return { parameters, checks: { pkceCodeVerifier, expectedState: 'st-1' } }
}

describe('openid-client', () => {
  test('pushes its requests', async () => {
    const { server, config } = await prepare({ requirePushedAuthorizationRequests: true })
    const { parameters, checks } = await buildParameters()
    const url = await client.buildAuthorizationUrlWithPAR(config, parameters)
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
    const tokens = await client.authorizationCodeGrant(config, await server.signIn({ url }), checks)
    expect(tokens.claims()?.sub).toBe('ada')
  })

  test('signs its requests and opens signed responses', async () => {
    const { server, config } = await prepare({ requireSignedRequestObject: true })
    client.useJwtResponseMode(config)
    const { parameters, checks } = await buildParameters({ resource: 'https://api.example' })
    const signer = { key: key.privateKey, kid: 'k1' }
    const url = await client.buildAuthorizationUrlWithJAR(config, parameters, signer)
    const response = await server.signIn({ url })
    expect(response.searchParams.has('response')).toBe(true)
    const tokens = await client.authorizationCodeGrant(config, response, checks)
    const description = await client.tokenIntrospection(config, tokens.access_token)
    expect(description).toMatchObject({ active: true, aud: 'https://api.example' })
    const other = { resource: 'https://other.example' }
    const refused = client.refreshTokenGrant(config, tokens.refresh_token ?? '', other)
    await expect(refused).rejects.toMatchObject({ error: 'invalid_target' })
  })

  test('opens signed userinfo', async () => {
    const metadata = { userinfo_signed_response_alg: 'ES256' }
    const { server, config } = await prepare({ userinfoSignedResponseAlg: 'ES256' }, metadata)
    const { parameters, checks } = await buildParameters()
    const url = client.buildAuthorizationUrl(config, parameters)
    const tokens = await client.authorizationCodeGrant(config, await server.signIn({ url }), checks)
    expect((await client.fetchUserInfo(config, tokens.access_token, 'ada')).email).toBe('ada@example.com')
  })

  test('registers itself and logs somebody in', async () => {
    const { server, options } = await prepare()
    const metadata = { redirect_uris: [redirectUri], token_endpoint_auth_method: 'client_secret_post' }
    const config = await client.dynamicClientRegistration(new URL(issuer), metadata, undefined, options)
    const { parameters, checks } = await buildParameters()
    const url = client.buildAuthorizationUrl(config, parameters)
    const tokens = await client.authorizationCodeGrant(config, await server.signIn({ url }), checks)
    expect(tokens.claims()?.aud).toBe(config.clientMetadata().client_id)
  })
})
