import { createMemoryStore } from '@oauth-concierge/core'
import { expect } from 'vitest'
import { beginSession, copyVault, createGuest } from './guest.ts'
import type { Visit } from './visit.ts'

const refreshesOf = ({ network }: Visit): readonly (string | null)[] =>
  network
    .requestsTo('')
    .filter((form) => form.get('grant_type') === 'refresh_token')
    .map((form) => form.get('refresh_token'))

/** Long enough for any access token of these servers, auth0's included. */
const aDay = 86_400

export async function refreshWithOneToken(visit: Visit): Promise<void> {
  const guest = createGuest(visit)
  await beginSession(visit, guest)
  const tokens = new Set([await guest.getAccessToken()])
  for (let round = 0; round < 2; round += 1) {
    await visit.clock.advance(round === 0 ? 3_600 : lifetimeOf(visit))
    tokens.add(await guest.getAccessToken())
  }
  expect(new Set(refreshesOf(visit)).size).toBe(1)
  expect(guest.session.status).toBe('authenticated')
}

const lifetimeOf = ({ server }: Visit): number => (server === 'auth0' ? aDay : 3_600)

export async function refreshWithRotation(visit: Visit): Promise<void> {
  const vault = createMemoryStore()
  const guest = createGuest(visit, { vault })
  await beginSession(visit, guest)
  const thief = createGuest(visit, { vault: await copyVault(visit, vault) })
  await thief.restore()
  const first = await guest.getAccessToken()
  await visit.clock.advance(lifetimeOf(visit))
  const callers = Array.from({ length: 20 }, () => guest.getAccessToken())
  const [second] = new Set(await Promise.all(callers))
  expect(second).not.toBe(first)
  expect(refreshesOf(visit)).toHaveLength(1)
  await expect(thief.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
}

/** The answer with the new refresh token is lost; the old one still counts for a while. */
export async function refreshAgainInGrace(visit: Visit): Promise<void> {
  const guest = createGuest(visit, { refreshTokenReuseWindow: 60 })
  await beginSession(visit, guest)
  await visit.clock.advance(lifetimeOf(visit))
  visit.network.loseTokenAnswer()
  await guest.getAccessToken()
  const [first, second, ...more] = refreshesOf(visit)
  expect(second).toBe(first)
  expect(more).toEqual([])
  expect(guest.session.status).toBe('authenticated')
}

export async function serveSeveralResources(visit: Visit): Promise<void> {
  const guest = createGuest(visit, { scope: `${visit.scope} orders.read` })
  const resource = ['https://orders.example/', 'https://stock.example/']
  await beginSession(visit, guest, { resource })
  const tokens = await Promise.all(
    resource.map((one) => guest.for(one, { scope: 'orders.read' }).getAccessToken()),
  )
  expect(new Set(tokens).size).toBe(2)
  const asked = visit.network.requestsTo('/token').map((form) => form.get('resource'))
  expect(asked).toEqual([null, ...resource])
  expect(guest.session.status).toBe('authenticated')
}
