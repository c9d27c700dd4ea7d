import { createInProcessLock, createMemoryStore } from '@oauth-concierge/core'
import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import type { TokenStore } from './cache/token-store.ts'
import { deviceLogin, type DeviceLoginOptions, type DevicePrompt } from './device-login.ts'
import { createTestServer, issuer, refusal, type TestServer } from './test-kit.test-support.ts'

let server: TestServer
let shown: DevicePrompt[]
let store: TokenStore

beforeEach(() => {
  server = createTestServer({
    device_authorization_endpoint: `${issuer}/device`,
    revocation_endpoint: `${issuer}/revoke`,
  })
  server.on(`${issuer}/device`, () =>
    json({
      device_code: 'd',
      user_code: 'ABCD',
      verification_uri: `${issuer}/activate`,
      expires_in: 600,
      interval: 1,
    }),
  )
  server.on(`${issuer}/revoke`, () => new Response(null))
  let issued = 0
  server.always(({ body }) => {
    issued += 1
    const isRefresh = body.includes('refresh_token')
    return json({
      access_token: `${isRefresh ? 'refreshed' : 'token'}-${issued}`,
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: `r-${issued}`,
      scope: 'orders',
    })
  })
  shown = []
  store = { ...createMemoryStore(), lock: createInProcessLock() }
})

const tool = (options: Partial<DeviceLoginOptions> = {}) => {
  // Time passes wherever the polling waits for it.
  const sleep = (duration: number, signal?: AbortSignal): Promise<void> =>
    signal ? server.clock.sleep(duration, signal) : server.clock.advance(duration / 1000)
  return deviceLogin({
    issuer,
    clientId: 'tool',
    scope: 'orders',
    store,
    prompt: (prompt) => void shown.push(prompt),
    runtime: { ...server.runtime, clock: { ...server.clock, sleep } },
    ...options,
  })
}

describe('a login by a code on another device', () => {
  it('begins when a token is needed, once for all who need one', async () => {
    const login = tool()
    const tokens = await Promise.all([login.getAccessToken(), login.getAccessToken()])
    expect(new Set(tokens)).toEqual(new Set(['token-1']))
    expect(shown).toEqual([
      { userCode: 'ABCD', verificationUri: `${issuer}/activate`, verificationUriComplete: undefined },
    ])
    await expect(login.getToken()).resolves.toEqual({
      accessToken: 'token-1',
      tokenType: 'bearer',
      expiresAt: expect.any(Number),
      scope: 'orders',
    })
  })

  it('is there again in the next run, and its tokens rotate', async () => {
    await tool().getAccessToken()
    const next = tool()
    await expect(next.restore()).resolves.toMatchObject({ status: 'authenticated' })
    await expect(next.getAccessToken()).resolves.toBe('token-1')
    await server.clock.advance(600)
    await expect(next.getAccessToken()).resolves.toBe('refreshed-2')
    await expect(tool().getAccessToken()).resolves.toBe('refreshed-2')
    expect(shown).toHaveLength(1)
  })

  it('begins again when the server has ended it', async () => {
    const login = tool()
    await login.getAccessToken()
    await server.clock.advance(600)
    server.next(refusal('invalid_grant'))
    await expect(login.getAccessToken()).resolves.toMatch(/^token-/)
    expect(shown).toHaveLength(2)
  })

  it('does not begin by itself where it may not', async () => {
    await expect(tool({ logInOnDemand: false }).getAccessToken()).rejects.toMatchObject({
      code: 'login_required',
    })
    expect(shown).toEqual([])
  })

  it('can be declined', async () => {
    server.next(refusal('access_denied'))
    await expect(tool().getAccessToken()).rejects.toMatchObject({ code: 'access_denied' })
  })

  it('takes the token to declared APIs', async () => {
    server.on('https://api.example/orders', ({ headers }) => json({ sent: headers.get('authorization') }))
    const login = tool({ apis: ['https://api.example'] })
    const response = await login.fetch('https://api.example/orders')
    await expect(response.json()).resolves.toEqual({ sent: 'Bearer token-1' })
    await expect(login.fetch('https://other.example')).rejects.toMatchObject({ code: 'api_not_declared' })
  })

  it('ends everywhere', async () => {
    const login = tool()
    await login.getAccessToken()
    await login.logout()
    expect(server.requests.at(-1)?.url).toBe(`${issuer}/revoke`)
    await expect(tool({ logInOnDemand: false }).getAccessToken()).rejects.toMatchObject({
      code: 'login_required',
    })
    login.dispose()
    await expect(login.getAccessToken()).rejects.toMatchObject({ code: 'source_disposed' })
  })
})
