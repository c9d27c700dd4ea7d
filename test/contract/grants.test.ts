import {
  type ClientAuthentication,
  createMemoryStore,
  createRelyingParty,
  createTokenClient,
  exchangeToken,
  pollBackchannelToken,
  pollDeviceToken,
  requestBackchannelAuthentication,
  requestClientCredentials,
  requestDeviceAuthorization,
  type Runtime,
  type TokenClient,
  tokenTypes,
} from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { beforeEach, describe, expect, it } from 'vitest'

const issuer = 'https://id.example.com'
const grantTypes = [
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
]

let clock: ManualClock
let server: ReferenceServer
let tokenClient: TokenClient
let runtime: Partial<Runtime>

beforeEach(() => {
  clock = createManualClock()
  const clients = [{ clientId: 'app', clientSecret: 'secret', grantTypes, redirectUris: [] }]
  server = createReferenceServer({ issuer, clock: () => clock.wallTime() / 1000, clients })
  // Time passes wherever the polling waits for it.
  const sleep = (duration: number, signal?: AbortSignal): Promise<void> =>
    signal ? clock.sleep(duration, signal) : clock.advance(duration / 1000)
  runtime = { clock: { ...clock, sleep }, http: (url, init) => server.fetch(new Request(url, init)) }
  tokenClient = createTokenClient(registration())
})

const clientAuthentication: ClientAuthentication = (_, { client_id }, body) => {
  body.set('client_id', client_id)
  body.set('client_secret', 'secret')
}

const registration = () => ({ issuer, clientId: 'app', clientAuthentication, runtime })

describe('the grants without a redirect, at the reference server', () => {
  it('client credentials, exchanged for another audience', async () => {
    const { accessToken } = await requestClientCredentials(tokenClient, { scope: 'orders.read orders.write' })
    const exchange = { subjectToken: accessToken, audience: 'https://api.example', scope: 'orders.read' }
    await expect(exchangeToken(tokenClient, exchange)).resolves.toMatchObject({
      tokenType: 'bearer',
      issuedTokenType: tokenTypes.accessToken,
      scope: 'orders.read',
    })
  })

  it('a device, whose session then goes on by refreshes', async () => {
    const authorization = await requestDeviceAuthorization(tokenClient, { scope: 'openid offline_access' })
    const polling = pollDeviceToken(tokenClient, authorization)
    await new Promise((resolve) => setImmediate(resolve))
    server.approveDevice({ userCode: authorization.userCode })
    const response = await polling
    expect(response.claims?.sub).toBe('ada')
    const relyingParty = createRelyingParty({
      ...registration(),
      transactions: createMemoryStore(),
      vault: createMemoryStore(),
    })
    await relyingParty.beginSession(response)
    await clock.advance(7_200)
    await expect(relyingParty.getAccessToken()).resolves.not.toBe(response.accessToken)
  })

  it('a device whose user declines, and one whose user does nothing', async () => {
    const declined = await requestDeviceAuthorization(tokenClient)
    server.approveDevice({ userCode: declined.userCode, decision: 'deny' })
    await expect(pollDeviceToken(tokenClient, declined)).rejects.toMatchObject({ code: 'access_denied' })
    const forgotten = await requestDeviceAuthorization(tokenClient)
    await expect(pollDeviceToken(tokenClient, forgotten)).rejects.toMatchObject({
      code: 'authorization_expired',
    })
  })

  it('a user who is asked on their own device', async () => {
    const authentication = await requestBackchannelAuthentication(tokenClient, { loginHint: 'ada' })
    server.approveBackchannelAuthentication({ authReqId: authentication.authReqId })
    await expect(pollBackchannelToken(tokenClient, authentication)).resolves.toMatchObject({
      claims: { sub: 'ada' },
    })
  })
})
