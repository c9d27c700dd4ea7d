import { beforeEach, describe, expect, it } from 'vitest'
import type { Milliseconds } from '../ports/clock.ts'
import { requestBackchannelAuthentication } from '../protocol/backchannel-authentication.ts'
import { type DeviceAuthorization, requestDeviceAuthorization } from '../protocol/device-authorization.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { json, type Script } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import {
  answerInTurn,
  createHastyClock,
  lastTokenRequest,
  refusal,
  scriptedTokenClient,
} from '../testing/token-client.test-support.ts'
import { pollBackchannelToken, pollDeviceToken } from './poll-token.ts'

let server: ScriptedServer
let tokenClient: TokenClient
let pauses: Milliseconds[]
let deviceAnswer: Record<string, unknown>

beforeEach(async () => {
  server = await createScriptedServer()
  server.bend.metadata = {
    device_authorization_endpoint: `${issuer}/device`,
    backchannel_authentication_endpoint: `${issuer}/backchannel`,
  }
  deviceAnswer = {
    device_code: `${canary}-device`,
    user_code: 'WDJB-MJHT',
    verification_uri: `${issuer}/activate`,
    verification_uri_complete: `${issuer}/activate?code=WDJB-MJHT`,
    expires_in: 600,
    interval: 5,
  }
  server.on(`${issuer}/device`, () => json(deviceAnswer))
  server.on(`${issuer}/backchannel`, () =>
    json({ auth_req_id: `${canary}-request`, expires_in: 120, interval: 2 }),
  )
  const hasty = createHastyClock(server)
  pauses = hasty.pauses
  tokenClient = scriptedTokenClient(server, { runtime: { clock: hasty.clock } })
})

const pending = refusal('authorization_pending')
const lost: Script = () => Promise.reject(new TypeError('fetch failed'))
const down: Script = () => new Response('', { status: 503 })
const portal: Script = () => new Response('<p>', { headers: { 'content-type': 'text/html' } })
const requestBodyOf = (address: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(server.requests.find(({ url }) => url === address)?.body))

describe('a device authorization', () => {
  it('gives what the user has to see and what the polling needs', async () => {
    const authorization = await requestDeviceAuthorization(tokenClient, {
      scope: 'openid orders',
      resource: ['https://a.example', 'https://b.example'],
      extraParameters: { audience: 'orders', scope: 'everything' },
    })
    expect(authorization).toEqual({
      deviceCode: `${canary}-device`,
      userCode: 'WDJB-MJHT',
      verificationUri: `${issuer}/activate`,
      verificationUriComplete: `${issuer}/activate?code=WDJB-MJHT`,
      expiresAt: server.clock.wallTime() / 1000 + 600,
      interval: 5,
      scope: 'openid orders',
    })
    const { body } = server.requests.find(({ url }) => url === `${issuer}/device`) ?? {}
    expect(new URLSearchParams(body).getAll('resource')).toEqual(['https://a.example', 'https://b.example'])
    expect(requestBodyOf(`${issuer}/device`)).toMatchObject({
      client_id: 'spa',
      scope: 'openid orders',
      audience: 'orders',
    })
  })

  it.each([
    ['no interval', { interval: undefined }, { interval: 5, verificationUri: `${issuer}/activate` }],
    ['an interval of no time', { interval: 0.001 }, { interval: 1 }],
    ['no complete address', { verification_uri_complete: undefined }, { verificationUriComplete: undefined }],
  ])('with %s is taken', async (_, members, expected) => {
    deviceAnswer = { ...deviceAnswer, ...members }
    await expect(requestDeviceAuthorization(tokenClient)).resolves.toMatchObject(expected)
  })

  it('never lasts longer than a day', async () => {
    deviceAnswer['expires_in'] = 1e300
    const { expiresAt } = await requestDeviceAuthorization(tokenClient)
    expect(expiresAt).toBe(server.clock.wallTime() / 1000 + 86_400)
  })

  it.each([
    { device_code: '' },
    { user_code: undefined },
    { verification_uri: undefined },
    { verification_uri: 'javascript:alert(1)' },
    { verification_uri_complete: 'http://evil.example' },
    { expires_in: undefined },
    { expires_in: 'soon' },
    { interval: -5 },
  ])('with %j is refused', async (members) => {
    deviceAnswer = { ...deviceAnswer, ...members }
    await expect(requestDeviceAuthorization(tokenClient)).rejects.toMatchObject({
      code: 'login_request_malformed',
    })
  })

  it('that the server refuses says so in its words', async () => {
    server.on(`${issuer}/device`, refusal('unauthorized_client'))
    await expect(requestDeviceAuthorization(tokenClient)).rejects.toMatchObject({
      code: 'request_refused',
      error: 'unauthorized_client',
    })
  })

  it('needs an endpoint', async () => {
    server.bend.metadata = {}
    await expect(requestDeviceAuthorization(tokenClient)).rejects.toMatchObject({
      code: 'not_supported_by_server',
    })
  })
})

describe('the polling of a device', () => {
  let authorization: DeviceAuthorization

  beforeEach(async () => {
    authorization = await requestDeviceAuthorization(tokenClient)
  })

  it('waits the interval before each question until the user has agreed, then gives verified tokens', async () => {
    answerInTurn(server, [pending, pending])
    await expect(pollDeviceToken(tokenClient, authorization)).resolves.toMatchObject({
      accessToken: `${canary}-access-1`,
      refreshToken: `${canary}-refresh-1`,
      claims: { sub: 'ada' },
      scope: 'openid profile',
    })
    expect(pauses).toEqual([5_000, 5_000, 5_000])
    expect(lastTokenRequest(server)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: `${canary}-device`,
      client_id: 'spa',
    })
  })

  it('asks five seconds less often each time it is told to slow down', async () => {
    answerInTurn(server, [refusal('slow_down'), pending, refusal('slow_down')])
    await pollDeviceToken(tokenClient, authorization)
    expect(pauses).toEqual([5_000, 10_000, 10_000, 15_000])
  })

  it('doubles its pauses while there is no answer, up to a minute, and goes back to the interval after one', async () => {
    answerInTurn(server, [lost, down, portal, lost, lost, pending])
    await pollDeviceToken(tokenClient, authorization)
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 5_000])
  })

  it.each<[string, Script]>([
    ['429', () => new Response('', { status: 429, headers: { 'retry-after': '90' } })],
    ['503', () => new Response('', { status: 503, headers: { 'retry-after': '90' } })],
    ['slow_down', refusal('slow_down', { headers: { 'retry-after': '90' } })],
  ])('waits as long as a %s asks for, once', async (_, answer) => {
    answerInTurn(server, [answer, pending])
    await pollDeviceToken(tokenClient, authorization)
    expect(pauses.slice(0, 2)).toEqual([5_000, 90_000])
    expect(pauses[2]).toBeLessThanOrEqual(10_000)
  })

  it('goes on asking without an answer until the time is up, with a last question before that', async () => {
    answerInTurn(
      server,
      Array.from({ length: 100 }, () => lost),
    )
    const start = server.clock.monotonicTime()
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
      code: 'authorization_expired',
    })
    expect(server.clock.monotonicTime() - start).toBe(600_000)
    const before = pauses.slice(0, -2).reduce((sum, pause) => sum + pause, 0)
    expect(before + (pauses.at(-2) ?? 0)).toBe(599_000)
  })

  it('stops when the time is up, without a question in vain', async () => {
    answerInTurn(
      server,
      Array.from({ length: 200 }, () => pending),
    )
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
      name: 'ServerError',
      code: 'authorization_expired',
      retryable: false,
    })
    expect(server.tokenRequests()).toHaveLength(119)
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
      code: 'authorization_expired',
    })
    expect(server.tokenRequests()).toHaveLength(119)
  })

  it('is not misled by a wall clock that is set meanwhile', async () => {
    const forward: Script = (request) => {
      server.clock.setWallTime(server.clock.wallTime() / 1000 + 200)
      return pending(request)
    }
    answerInTurn(server, [forward, forward, forward, forward])
    await expect(pollDeviceToken(tokenClient, authorization)).resolves.toMatchObject({
      claims: { sub: 'ada' },
    })
    expect(pauses).toEqual([5_000, 5_000, 5_000, 5_000, 5_000])
  })

  it.each([
    ['the user declines', 'access_denied', 'access_denied'],
    ['the server says that the time is up', 'expired_token', 'authorization_expired'],
    ['the server refuses the code', 'invalid_grant', 'request_refused'],
    ['the server refuses the client', 'invalid_client', 'request_refused'],
  ])('ends at once when %s', async (_, error, code) => {
    answerInTurn(server, [pending, refusal(error)])
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({ code, error })
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('gives no tokens whose ID token is wrong or missing', async () => {
    server.bend.claims = { aud: 'another' }
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim: 'aud',
    })
    server.bend.tokenResponse = { id_token: undefined }
    await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
      code: 'id_token_missing',
    })
  })

  it('needs no ID token where none was asked for', async () => {
    server.bend.tokenResponse = { id_token: undefined, scope: 'orders.read' }
    const plain = await requestDeviceAuthorization(tokenClient, { scope: 'orders.read orders.write' })
    await expect(pollDeviceToken(tokenClient, plain)).resolves.toMatchObject({
      claims: undefined,
      scope: 'orders.read',
    })
  })

  it('stops at once by a signal, in a pause', async () => {
    const { signal, abort } = abortable()
    const polling = pollDeviceToken(scriptedTokenClient(server), authorization, { signal })
    abort()
    await expect(polling).rejects.toThrow('enough')
    await server.clock.advance(600)
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('stops at once by a signal, in the middle of a question, and before it began', async () => {
    const { signal, abort } = abortable()
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    answerInTurn(server, [
      () => {
        asked()
        return new Promise<Response>(() => undefined)
      },
    ])
    const patient = scriptedTokenClient(server)
    await patient.metadata()
    const polling = pollDeviceToken(patient, authorization, { signal })
    await server.clock.advance(5)
    await isAsked
    abort()
    await expect(polling).rejects.toThrow('enough')
    await expect(pollDeviceToken(patient, authorization, { signal })).rejects.toThrow('enough')
    expect(server.tokenRequests()).toHaveLength(1)
  })

  it('shows no code in its errors', async () => {
    answerInTurn(server, [
      () =>
        json(
          { error: 'invalid_grant', error_description: `${canary}-device-is-spent-already` },
          { status: 400 },
        ),
    ])
    const error: unknown = await pollDeviceToken(tokenClient, authorization).catch(
      (reason: unknown) => reason,
    )
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(canary)
  })
})

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort(new Error('enough')) }
}

describe('a backchannel authentication', () => {
  it('asks for a user by one hint, and is polled for', async () => {
    const authentication = await requestBackchannelAuthentication(tokenClient, {
      loginHint: 'ada',
      bindingMessage: 'W4SCT',
      acrValues: ['mfa', 'pwd'],
      userCode: '1234',
      requestedExpiry: 120,
    })
    expect(requestBodyOf(`${issuer}/backchannel`)).toEqual({
      client_id: 'spa',
      scope: 'openid profile',
      login_hint: 'ada',
      binding_message: 'W4SCT',
      acr_values: 'mfa pwd',
      user_code: '1234',
      requested_expiry: '120',
    })
    answerInTurn(server, [pending, refusal('slow_down'), pending])
    await expect(pollBackchannelToken(tokenClient, authentication)).resolves.toMatchObject({
      accessToken: `${canary}-access-1`,
      claims: { sub: 'ada' },
    })
    expect(pauses).toEqual([2_000, 2_000, 7_000, 7_000])
    expect(lastTokenRequest(server)).toMatchObject({
      grant_type: 'urn:openid:params:grant-type:ciba',
      auth_req_id: `${canary}-request`,
    })
  })

  it.each([
    ['access_denied', 'access_denied'],
    ['expired_token', 'authorization_expired'],
    ['transaction_failed', 'request_refused'],
  ])('that ends with %s says so', async (error, code) => {
    const authentication = await requestBackchannelAuthentication(tokenClient, { idTokenHint: 'a.b.c' })
    answerInTurn(server, [refusal(error)])
    await expect(pollBackchannelToken(tokenClient, authentication)).rejects.toMatchObject({ code, error })
  })

  it.each([{}, { loginHint: 'ada', idTokenHint: 'a.b.c' }])(
    'with the hints %j is not sent',
    async (hints) => {
      await expect(requestBackchannelAuthentication(tokenClient, hints)).rejects.toMatchObject({
        code: 'invalid_configuration',
      })
      expect(server.requests).toHaveLength(0)
    },
  )

  it('needs an endpoint, and an answer with an id', async () => {
    server.on(`${issuer}/backchannel`, () => json({ expires_in: 120 }))
    const asked = requestBackchannelAuthentication(tokenClient, { loginHint: 'ada' })
    await expect(asked).rejects.toMatchObject({ code: 'login_request_malformed' })
    server.bend.metadata = {}
    const other = scriptedTokenClient(server)
    await expect(requestBackchannelAuthentication(other, { loginHint: 'ada' })).rejects.toMatchObject({
      code: 'not_supported_by_server',
    })
  })
})
