import {
  createTokenClient,
  pollDeviceToken,
  requestDeviceAuthorization,
  type TokenClient,
} from '@oauth-concierge/core'
import { createManualClock } from '@oauth-concierge/core/testing'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { beforeEach, expect, it } from 'vitest'
import { createSharedClock } from './flows/client.ts'

const issuer = 'https://id.example'
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'

let server: ReferenceServer
let tokenClient: TokenClient

beforeEach(() => {
  const clock = createSharedClock(createManualClock())
  const clients = [{ clientId: 'tv', grantTypes: [deviceCode] }]
  server = createReferenceServer({ issuer, clients, clock: () => clock.wallTime() / 1000 })
  const runtime = { clock, http: (url: string, init: RequestInit) => server.fetch(new Request(url, init)) }
  tokenClient = createTokenClient({ issuer, clientId: 'tv', runtime })
})

it('the polling of a device ends when its user declines', async () => {
  const authorization = await requestDeviceAuthorization(tokenClient)
  server.approveDevice({ userCode: authorization.userCode, decision: 'deny' })
  await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({ code: 'access_denied' })
})

it('the polling of a device ends when its user does nothing, at the pace that the server asked for', async () => {
  const authorization = await requestDeviceAuthorization(tokenClient)
  await expect(pollDeviceToken(tokenClient, authorization)).rejects.toMatchObject({
    code: 'authorization_expired',
  })
  // Ten minutes at five seconds, and the server found none of them too early.
  expect(server.ledger.count({ endpoint: 'token' })).toBeLessThanOrEqual(120)
  expect(server.ledger.select({ endpoint: 'token' }).map(({ error }) => error)).not.toContain('slow_down')
})
