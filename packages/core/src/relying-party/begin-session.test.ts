import { beforeEach, describe, expect, it } from 'vitest'
import { requestDeviceAuthorization } from '../protocol/device-authorization.ts'
import type { TokenResponse } from '../protocol/token-request.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import {
  createHastyClock,
  lastTokenRequest,
  scriptedTokenClient,
} from '../testing/token-client.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'
import { pollDeviceToken } from './poll-token.ts'

let server: ScriptedServer
let relyingParty: RelyingParty

beforeEach(async () => {
  server = await createScriptedServer()
  relyingParty = server.relyingParty({ apis: ['https://api.example'] })
})

async function logInOnAnotherDevice(): Promise<TokenResponse> {
  server.bend.metadata = { device_authorization_endpoint: `${issuer}/device` }
  server.on(`${issuer}/device`, () =>
    json({ device_code: 'd', user_code: 'u', verification_uri: `${issuer}/activate`, expires_in: 600 }),
  )
  const { clock } = createHastyClock(server)
  const tokenClient = scriptedTokenClient(server, { runtime: { clock } })
  return pollDeviceToken(
    tokenClient,
    await requestDeviceAuthorization(tokenClient, { scope: 'openid orders' }),
  )
}

describe('a session that begins with a login on another device', () => {
  beforeEach(async () => {
    await relyingParty.restore()
    await relyingParty.beginSession(await logInOnAnotherDevice())
  })

  it('is shown, held, and taken up again', async () => {
    const session = {
      status: 'authenticated',
      claims: { sub: 'ada' },
      scope: ['openid', 'orders'],
      accessTokenExpiresAt: server.clock.wallTime() / 1000 + 3_600,
    }
    expect(relyingParty.session).toMatchObject(session)
    const restored = server.relyingParty()
    await expect(restored.restore()).resolves.toMatchObject(session)
  })

  it('is refreshed, and its token goes to APIs', async () => {
    server.on('https://api.example/orders', ({ headers }) => json(headers.get('authorization')))
    await server.clock.advance(3_600)
    const response = await relyingParty.fetch('https://api.example/orders')
    await expect(response.json()).resolves.toBe(`Bearer ${canary}-access-2`)
    expect(lastTokenRequest(server)).toMatchObject({ refresh_token: `${canary}-refresh-1` })
  })

  it('refuses a refreshed ID token of another user', async () => {
    server.bend.claims = { sub: 'eve' }
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'id_token_claim_invalid' })
  })

  it('is ended here and at the server', async () => {
    const request = await relyingParty.endSession()
    expect(relyingParty.session.status).toBe('anonymous')
    expect(request?.parameters).toMatchObject({ id_token_hint: expect.stringContaining('.') })
    const revocation = server.requests.find(({ url }) => url === `${issuer}/revoke`)
    expect(revocation?.body).toContain(`token=${canary}-refresh-1`)
  })
})

describe('a session that begins with tokens of which no scope is known', () => {
  it('has the configured one', async () => {
    const { scope: _, ...response } = await logInOnAnotherDevice()
    await relyingParty.beginSession({ ...response, scope: undefined })
    expect(relyingParty.session).toMatchObject({ scope: ['openid', 'profile'] })
  })
})
