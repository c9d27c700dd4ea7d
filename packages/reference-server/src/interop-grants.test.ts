import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { createAssertionKey } from './assertions/assertion.test-support.ts'
import {
  cibaGrantType,
  deviceCodeGrantType,
  jwtBearerGrantType,
  tokenExchangeGrantType,
} from './grant-types.ts'
import type { ReferenceServerOptions } from './options.ts'
import { createServer, issuer } from './test-support.ts'

const secret = 'a secret'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

async function prepare(options: Partial<ReferenceServerOptions> = {}) {
  const grantTypes = ['client_credentials', tokenExchangeGrantType, cibaGrantType, deviceCodeGrantType]
  const clients = [
    { clientId: 'app', clientSecret: secret, grantTypes },
    { clientId: 'tv', grantTypes: [deviceCodeGrantType] },
  ]
  const server = createServer({ clock: () => Date.now() / 1000, clients, ...options })
  const http = {
    [oauth.customFetch]: (url: string, init: object): Promise<Response> =>
      server.fetch(new Request(url, init)),
  }
  const found = await oauth.discoveryRequest(new URL(issuer), http)
  return { server, http, as: await oauth.processDiscoveryResponse(new URL(issuer), found) }
}

const app: oauth.Client = { client_id: 'app' }
const authentication = oauth.ClientSecretPost(secret)

describe('oauth4webapi', () => {
  test('completes client_credentials and token exchange', async () => {
    const { as, http } = await prepare()
    const scope = { scope: 'orders.read orders.write' }
    const first = await oauth.clientCredentialsGrantRequest(as, app, authentication, scope, http)
    const token = (await oauth.processClientCredentialsResponse(as, app, first)).access_token
    const parameters = {
      subject_token: token,
      subject_token_type: accessTokenType,
      actor_token: token,
      actor_token_type: accessTokenType,
      scope: 'orders.read',
      audience: 'https://api.example',
    }
    const second = await oauth.genericTokenEndpointRequest(
      ...([as, app, authentication, tokenExchangeGrantType, parameters, http] as const),
    )
    const exchanged = await oauth.processGenericTokenEndpointResponse(as, app, second)
    expect(exchanged['issued_token_type']).toBe(accessTokenType)
    const headers = { Authorization: `Bearer ${exchanged.access_token}` }
    const request = new Request('https://api.example/orders', { headers })
    const claims = await oauth.validateJwtAccessToken(as, request, 'https://api.example', http)
    expect(claims).toMatchObject({ sub: 'app', scope: 'orders.read', act: { sub: 'app' } })
  })

  test('completes the device flow', async () => {
    const { server, as, http } = await prepare()
    const tv: oauth.Client = { client_id: 'tv' }
    const scope = { scope: 'openid' }
    const started = await oauth.deviceAuthorizationRequest(as, tv, oauth.None(), scope, http)
    const device = await oauth.processDeviceAuthorizationResponse(as, tv, started)
    const poll = async () => {
      const answer = await oauth.deviceCodeGrantRequest(as, tv, oauth.None(), device.device_code, http)
      return oauth.processDeviceCodeResponse(as, tv, answer)
    }
    await expect(poll()).rejects.toMatchObject({ error: 'authorization_pending' })
    server.approveDevice({ userCode: device.user_code })
    expect(oauth.getValidatedIdTokenClaims(await poll())?.sub).toBe('ada')
  })

  test('completes CIBA', async () => {
    const { server, as, http } = await prepare()
    const parameters = { scope: 'openid', login_hint: 'ada' }
    const started = await oauth.backchannelAuthenticationRequest(as, app, authentication, parameters, http)
    const { auth_req_id: id } = await oauth.processBackchannelAuthenticationResponse(as, app, started)
    server.approveBackchannelAuthentication({ authReqId: id })
    const answer = await oauth.backchannelAuthenticationGrantRequest(as, app, authentication, id, http)
    const tokens = await oauth.processBackchannelAuthenticationGrantResponse(as, app, answer)
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe('ada')
  })

  test('gets a service account its token', async () => {
    const key = await createAssertionKey('ES256')
    const clients = [{ clientId: 'robot', jwks: key.jwks, serviceAccount: {} }]
    const { as, http } = await prepare({ clients })
    const iat = Math.floor(Date.now() / 1000)
    const assertion = await key.sign({
      iss: 'robot',
      sub: 'robot',
      aud: as.token_endpoint,
      iat,
      exp: iat + 60,
    })
    const robot: oauth.Client = { client_id: 'robot' }
    const unnamed: oauth.ClientAuth = () => {}
    const answer = await oauth.genericTokenEndpointRequest(
      ...([as, robot, unnamed, jwtBearerGrantType, { assertion, scope: 'orders.read' }, http] as const),
    )
    const tokens = await oauth.processGenericTokenEndpointResponse(as, robot, answer)
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'orders.read' })
  })
})

describe('openid-client', () => {
  test('polls for a device and for a user elsewhere, and asks for itself', async () => {
    const { server } = await prepare()
    const inProcess: client.CustomFetch = (url, init) => server.fetch(new Request(url, init as RequestInit))
    const config = await client.discovery(new URL(issuer), 'app', secret, undefined, {
      [client.customFetch]: inProcess,
    })
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' })
    server.approveDevice({ userCode: device.user_code })
    const onDevice = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 })
    expect(onDevice.claims()?.sub).toBe('ada')
    const parameters = { scope: 'openid', login_hint: 'ada' }
    const request = await client.initiateBackchannelAuthentication(config, parameters)
    server.approveBackchannelAuthentication()
    const elsewhere = await client.pollBackchannelAuthenticationGrant(config, { ...request, interval: 0 })
    expect(elsewhere.claims()?.sub).toBe('ada')
    const own = await client.clientCredentialsGrant(config, { scope: 'orders.read' })
    expect(own.scope).toBe('orders.read')
  })
})
