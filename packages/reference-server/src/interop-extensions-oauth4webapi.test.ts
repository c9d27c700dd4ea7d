import * as oauth from 'oauth4webapi'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  assertionForm,
  type ClientKey,
  createClientKey,
  keyClient,
} from './clients/client-key.test-support.ts'
import type { ClientOptions } from './options.ts'
import { createServer, issuer } from './test-support.ts'

const redirectUri = 'https://app.example/callback'
const api = 'https://api.example/orders'

let key: ClientKey
beforeAll(async () => {
  key = await createClientKey('ES256')
})

async function prepare(more: Partial<ClientOptions> = {}, by: ClientKey = key) {
  const server = createServer({ clients: [keyClient(by, more)], clock: () => Date.now() / 1000 })
  const inProcess = (url: string, init: object): Promise<Response> => server.fetch(new Request(url, init))
  const http = { [oauth.customFetch]: inProcess }
  const found = await oauth.discoveryRequest(new URL(issuer), http)
  const as = await oauth.processDiscoveryResponse(new URL(issuer), found)
  const client: oauth.Client = { client_id: 'daemon' }
  const authentication = oauth.PrivateKeyJwt({ key: by.privateKey, kid: 'k1' })
  return { server, http, as, client, authentication }
}

type Prepared = Awaited<ReturnType<typeof prepare>>

async function buildParameters(more: Record<string, string> = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const parameters = new URLSearchParams({
    client_id: 'daemon',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'st-1',
    ...more,
  })
  return { verifier, parameters }
}

function authorizationUrl({ as }: Prepared, parameters: Record<string, string>): URL {
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = new URLSearchParams({ client_id: 'daemon', ...parameters }).toString()
  return url
}

async function exchange(prepared: Prepared, callback: URLSearchParams, verifier: string) {
  const { as, client, authentication, http } = prepared
  const request = [as, client, authentication, callback, redirectUri, verifier, http] as const
  const answer = await oauth.authorizationCodeGrantRequest(...request)
  return oauth.processAuthorizationCodeResponse(as, client, answer)
}

describe('oauth4webapi', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('authenticates by private_key_jwt with %s', async (alg) => {
    const { as, client, authentication, http } = await prepare({}, await createClientKey(alg))
    const answer = await oauth.revocationRequest(as, client, authentication, 'unknown', http)
    await oauth.processRevocationResponse(answer)
  })

  test('authenticates by client_secret_jwt', async () => {
    const clientSecret = 'a shared secret of thirty-two bytes or more'
    const { as, client, http } = await prepare({ clientSecret, tokenEndpointAuthMethod: 'client_secret_jwt' })
    const answer = await oauth.revocationRequest(as, client, oauth.ClientSecretJwt(clientSecret), 'x', http)
    await oauth.processRevocationResponse(answer)
    const wrong = await oauth.revocationRequest(
      as,
      client,
      oauth.ClientSecretJwt(`${clientSecret}!`),
      'x',
      http,
    )
    await expect(oauth.processRevocationResponse(wrong)).rejects.toThrow()
  })

  test('pushes a signed request, and opens a signed response', async () => {
    const prepared = await prepare({
      requirePushedAuthorizationRequests: true,
      requireSignedRequestObject: true,
    })
    const { server, as, client, authentication, http } = prepared
    const details = [{ type: 'payment_initiation', amount: '12' }]
    const { verifier, parameters } = await buildParameters({
      response_mode: 'jwt',
      claims: JSON.stringify({ id_token: { name: null } }),
      authorization_details: JSON.stringify(details),
    })
    parameters.append('resource', api)
    parameters.append('resource', `${issuer}/resource`)
    const signer = { key: key.privateKey, kid: 'k1' }
    const request = await oauth.issueRequestObject(as, client, parameters, signer)
    const pushing = [as, client, authentication, { request }, http] as const
    const pushed = await oauth.processPushedAuthorizationResponse(
      ...([as, client, await oauth.pushedAuthorizationRequest(...pushing)] as const),
    )
    const url = authorizationUrl(prepared, { request_uri: pushed.request_uri })
    const response = await server.signIn({ url })
    const callback = await oauth.validateJwtAuthResponse(as, client, response, 'st-1', http)
    const tokens = await exchange(prepared, callback, verifier)
    expect(tokens.authorization_details).toEqual(details)
    expect(oauth.getValidatedIdTokenClaims(tokens)?.['name']).toBe('Ada Example')

    const headers = { Authorization: `Bearer ${tokens.access_token}` }
    const claims = await oauth.validateJwtAccessToken(as, new Request(api, { headers }), api, http)
    expect(claims.authorization_details).toEqual(details)
  })

  test('sends a signed request by value', async () => {
    const prepared = await prepare({ requireSignedRequestObject: true })
    const { server, as, client } = prepared
    const { verifier, parameters } = await buildParameters()
    const signer = { key: key.privateKey, kid: 'k1' }
    const request = await oauth.issueRequestObject(as, client, parameters, signer)
    const response = await server.signIn({ url: authorizationUrl(prepared, { request }) })
    const callback = oauth.validateAuthResponse(as, client, response, 'st-1')
    expect((await exchange(prepared, callback, verifier)).access_token).toEqual(expect.any(String))
  })

  test('hears what is wrong with a pushed request', async () => {
    const { as, client, authentication, http } = await prepare()
    const { parameters } = await buildParameters({ resource: 'nowhere' })
    const answer = await oauth.pushedAuthorizationRequest(as, client, authentication, parameters, http)
    const refused = oauth.processPushedAuthorizationResponse(as, client, answer)
    await expect(refused).rejects.toMatchObject({ error: 'invalid_target' })
  })

  test('introspects, as JSON and as a JWT', async () => {
    const prepared = await prepare()
    const { server, as, client, authentication, http } = prepared
    const { verifier, parameters } = await buildParameters()
    const response = await server.signIn({ url: authorizationUrl(prepared, Object.fromEntries(parameters)) })
    const callback = oauth.validateAuthResponse(as, client, response, 'st-1')
    const { access_token: token, refresh_token: refreshToken = '' } = await exchange(
      prepared,
      callback,
      verifier,
    )
    for (const requestJwtResponse of [false, true]) {
      const options = { ...http, requestJwtResponse }
      const signed = { ...client, introspection_signed_response_alg: 'ES256' }
      for (const [value, active] of [
        [token, true],
        [refreshToken, true],
        ['unknown', false],
      ] as const) {
        const answer = await oauth.introspectionRequest(as, client, authentication, value, options)
        const description = await oauth.processIntrospectionResponse(as, signed, answer)
        if (requestJwtResponse) await oauth.validateApplicationLevelSignature(as, answer, http)
        expect(description.active).toBe(active)
      }
    }
  })

  test('opens signed userinfo', async () => {
    const prepared = await prepare({ userinfoSignedResponseAlg: 'ES256' })
    const { server, as, http } = prepared
    const client: oauth.Client = { client_id: 'daemon', userinfo_signed_response_alg: 'ES256' }
    const { verifier, parameters } = await buildParameters()
    const response = await server.signIn({ url: authorizationUrl(prepared, Object.fromEntries(parameters)) })
    const callback = oauth.validateAuthResponse(as, client, response, 'st-1')
    const { access_token: token } = await exchange(prepared, callback, verifier)
    const answer = await oauth.userInfoRequest(as, client, token, http)
    const claims = await oauth.processUserInfoResponse(as, client, 'ada', answer)
    await oauth.validateApplicationLevelSignature(as, answer, http)
    expect(claims.email).toBe('ada@example.com')
  })

  test('finds the resource, is challenged by it, and steps up', async () => {
    const prepared = await prepare()
    const { server, as, client, http } = prepared
    const resource = new URL(`${issuer}/resource`)
    const metadata = await oauth.processResourceDiscoveryResponse(
      resource,
      await oauth.resourceDiscoveryRequest(resource, http),
    )
    expect(metadata.authorization_servers).toEqual([as.issuer])

    const demanding = new URL(`${resource}?acr_values=gold`)
    const callAt = async (acr: Record<string, string>) => {
      const { verifier, parameters } = await buildParameters(acr)
      const url = authorizationUrl(prepared, { ...Object.fromEntries(parameters), resource: resource.href })
      const callback = oauth.validateAuthResponse(as, client, await server.signIn({ url }), 'st-1')
      const { access_token: token } = await exchange(prepared, callback, verifier)
      return oauth.protectedResourceRequest(token, 'GET', demanding, undefined, null, http)
    }
    const refused = await callAt({}).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(oauth.WWWAuthenticateChallengeError)
    const [challenge] = (refused as oauth.WWWAuthenticateChallengeError).cause
    expect(challenge?.parameters).toMatchObject({
      error: 'insufficient_user_authentication',
      acr_values: 'gold',
      resource_metadata: `${issuer}/.well-known/oauth-protected-resource/resource`,
    })
    expect((await callAt({ acr_values: 'gold' })).status).toBe(200)
  })

  test('registers a client and uses it', async () => {
    const { server, as, http } = await prepare()
    const metadata = {
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [key.jwk] },
    } as Partial<oauth.Client>
    const answer = await oauth.dynamicClientRegistrationRequest(as, metadata, http)
    const client = await oauth.processDynamicClientRegistrationResponse(answer)
    const authentication = oauth.PrivateKeyJwt({ key: key.privateKey, kid: 'k1' })
    const revocation = await oauth.revocationRequest(as, client, authentication, 'unknown', http)
    await oauth.processRevocationResponse(revocation)
    const refused = await oauth.dynamicClientRegistrationRequest(as, { redirect_uris: ['/cb'] }, http)
    const expected = { error: 'invalid_redirect_uri' }
    await expect(oauth.processDynamicClientRegistrationResponse(refused)).rejects.toMatchObject(expected)
    expect(server.ledger.count({ endpoint: 'register' })).toBe(2)
  })
})

test('an assertion for another audience is refused', async () => {
  const { server } = await prepare()
  const jwt = await key.sign({
    sub: 'daemon',
    iss: 'daemon',
    aud: api,
    exp: Date.now() / 1000 + 60,
    jti: 'j',
  })
  const form = new URLSearchParams({ token: 'x', ...assertionForm(jwt) })
  const response = await server.fetch(new Request(`${issuer}/revoke`, { method: 'POST', body: form }))
  expect(response.status).toBe(401)
})
