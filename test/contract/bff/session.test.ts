import { DatabaseSync } from 'node:sqlite'
import { encryptedCookie, encryptRecords, memory } from '@oauth-concierge/bff'
import { sqlite } from '@oauth-concierge/bff/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contractBff, type ContractServer } from '../servers/contract-server.ts'
import { contractServers } from '../servers/index.ts'
import { api, createRig, type Rig } from './rig.ts'

const keys = ['k'.repeat(42) + 'A']
const stores = [
  { kind: 'memory', open: () => memory() },
  { kind: 'encrypted cookies', open: () => encryptedCookie({ keys }) },
  { kind: 'SQLite', open: () => sqlite(new DatabaseSync(':memory:')) },
  {
    kind: 'SQLite, encrypted',
    open: () => encryptRecords(sqlite(new DatabaseSync(':memory:')), { keys }),
  },
]
const cases = contractServers.flatMap((server) => stores.map((store) => ({ server, store })))

/** As the server's own pages would, where somebody takes back what they allowed. */
async function revokeAtServer({ issuer, http }: ContractServer, token: string): Promise<void> {
  const metadata = await (await http(`${issuer}/.well-known/openid-configuration`, {})).json()
  const { clientId, clientSecret } = contractBff
  const response = await http(metadata.revocation_endpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ token }).toString(),
  })
  expect(response.status).toBe(200)
}

describe.each(cases)('a BFF session in $store.kind at $server.name', ({ server: kind, store }) => {
  let server: ContractServer

  beforeAll(async () => {
    server = await kind.start()
  })
  afterAll(() => server.close())

  const open = (): Rig => {
    const rig = createRig({ server, options: { sessions: store.open() } })
    return rig
  }

  it('begins with a login, is shown without any token, and calls an API with one', async () => {
    const rig = open()
    const browser = rig.newBrowser()
    expect(await (await browser.fetch('/auth/session')).json()).toEqual({
      status: 'anonymous',
      apis: { [`${api}/orders`]: '/auth/api/orders' },
    })
    const answer = await rig.logIn(browser)
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orders'])
    const shown = await (await browser.fetch('/auth/session')).json()
    expect(shown).toMatchObject({
      status: 'authenticated',
      claims: { iss: server.issuer, sub: expect.any(String) },
      scope: expect.arrayContaining(['openid']),
      logout: expect.stringMatching(/^[\w-]{32}$/),
    })
    expect(Object.keys(shown.claims)).not.toEqual(expect.arrayContaining(['nonce']))
    const called = await browser.fetch('/auth/api/orders/42?page=2')
    expect([called.status, await called.json()]).toEqual([200, { orders: [] }])
    expect(rig.apiRequests[0]?.url).toBe(`${api}/orders/42?page=2`)
    expect(rig.apiRequests[0]?.headers.get('authorization')).toMatch(/^Bearer \S+$/)
  })

  it('B17: is refreshed once for many calls on an expired token, and again with the rotated one', async () => {
    const rig = open()
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    for (const round of [1, 2]) {
      await rig.clock.advance(3_700)
      const calls = await Promise.all(Array.from({ length: 20 }, () => browser.fetch('/auth/api/orders')))
      expect(calls.map(({ status }) => status)).toEqual(Array(20).fill(200))
      expect(rig.tokenRequests).toHaveLength(1 + round)
    }
    expect(new Set(rig.apiRequests.map(({ headers }) => headers.get('authorization'))).size).toBe(2)
  })

  it('ends when the server refuses the refresh token, and says so', async () => {
    const rig = open()
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    await rig.clock.advance(3_700)
    await revokeAtServer(server, rig.refreshTokens.at(-1) ?? '')
    const response = await browser.fetch('/auth/api/orders')
    expect([response.status, await response.json()]).toEqual([401, { error: 'session_expired' }])
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
  })

  it('ends with a logout, here and at the server, with no token in any URL', async () => {
    const rig = open()
    const browser = rig.newBrowser()
    await rig.logIn(browser)
    const { logout } = await (await browser.fetch('/auth/session')).json()
    const stale = new Map(browser.cookies)
    const answer = await browser.submit('/auth/logout', { nonce: logout, return_to: '/bye' })
    const html = await answer.text()
    expect(answer.status).toBe(200)
    expect(html).toMatch(/<form method="post" action="[^"?]+"/)
    expect(html).toContain('name="id_token_hint"')
    const state = /name="state" value="([^"]+)"/.exec(html)?.[1] ?? ''
    const back = await browser.navigate(`/auth/logged-out?state=${state}`, { from: 'cross-site' })
    expect(back.headers.get('location')).toBe('/bye')
    expect(await (await browser.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
    for (const [name, cookie] of stale) browser.cookies.set(name, cookie)
    expect((await browser.fetch('/auth/api/orders')).status).toBe(401)
  })
})
