import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createInProcessChannels, type OpenChannel } from '../ports/channel.ts'
import { createMemoryStore } from '../ports/memory-store.ts'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { RelyingParty } from '../relying-party/create-relying-party.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer
let openChannel: OpenChannel

beforeEach(async () => {
  server = await createScriptedServer()
  openChannel = createInProcessChannels()
})

const createTab = (vault: KeyValueStore): RelyingParty =>
  server.relyingParty({ vault, runtime: { openChannel } })

describe('tabs that share a vault', () => {
  let vault: KeyValueStore
  let tabs: readonly [RelyingParty, RelyingParty]

  beforeEach(async () => {
    vault = { ...createMemoryStore(), isShared: true }
    tabs = [createTab(vault), createTab(vault)]
    await Promise.all(tabs.map((tab) => tab.restore()))
    await server.logIn(tabs[0])
  })

  it('see the login of another', async () => {
    await vi.waitFor(() => expect(tabs[1].session).toMatchObject({ status: 'authenticated' }))
    await expect(tabs[1].getAccessToken()).resolves.toBe(`${canary}-access-1`)
  })

  it('take up the tokens that another renewed, at no request of their own', async () => {
    await server.clock.advance(3_600)
    const renewed = await tabs[0].getAccessToken()
    const expected = server.clock.wallTime() / 1000 + 3_600
    await vi.waitFor(() => expect(tabs[1].session).toMatchObject({ accessTokenExpiresAt: expected }))
    await expect(tabs[1].getAccessToken()).resolves.toBe(renewed)
    expect(server.tokenRequests()).toHaveLength(2)
  })

  it('log out together', async () => {
    await tabs[1].endSession()
    await vi.waitFor(() => expect(tabs[0].session).toEqual({ status: 'anonymous' }))
    await expect(tabs[0].getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('show together that the session has expired, and whose it was', async () => {
    await server.clock.advance(3_600)
    server.on(`${issuer}/token`, () => json({ error: 'invalid_grant' }, { status: 400 }))
    await expect(tabs[0].getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
    await vi.waitFor(() =>
      expect(tabs[1].session).toMatchObject({ status: 'expired', claims: { sub: 'ada' } }),
    )
  })

  it('show the user who logged in last', async () => {
    server.bend.claims = { sub: 'bob' }
    await server.logIn(tabs[1])
    await vi.waitFor(() => expect(tabs[0].session).toMatchObject({ claims: { sub: 'bob' } }))
  })

  it('find out by a look what they did not hear', async () => {
    const deaf = server.relyingParty({ vault })
    await deaf.restore()
    await tabs[0].endSession()
    expect(deaf.session.status).toBe('authenticated')
    await expect(deaf.resync()).resolves.toEqual({ status: 'anonymous' })
  })

  it('hear nothing more once they are closed, and nothing that is no news', async () => {
    tabs[1].close()
    openChannel(`concierge:session:spa@${issuer}`).post({ kind: 'ended' })
    await tabs[0].endSession()
    expect(tabs[1].session.status).toBe('authenticated')
  })
})

describe('tabs with a vault each', () => {
  it('log out together, and each revokes the refresh token it had', async () => {
    const tabs = [createTab(createMemoryStore()), createTab(createMemoryStore())] as const
    for (const tab of tabs) await server.logIn(tab)
    await tabs[0].endSession()
    await vi.waitFor(() => expect(tabs[1].session).toEqual({ status: 'anonymous' }))
    const revoked = (): readonly (string | null)[] =>
      server.requests
        .filter(({ url }) => url === `${issuer}/revoke`)
        .map(({ body }) => new URLSearchParams(body).get('token'))
    await vi.waitFor(() =>
      expect([...revoked()].sort()).toEqual([`${canary}-refresh-1`, `${canary}-refresh-2`]),
    )
  })

  it('keep their session when that of another changes or expires', async () => {
    const tabs = [createTab(createMemoryStore()), createTab(createMemoryStore())] as const
    for (const tab of tabs) await server.logIn(tab)
    const { session } = tabs[1]
    await server.clock.advance(3_600)
    server.on(`${issuer}/token`, () => json({ error: 'invalid_grant' }, { status: 400 }))
    await expect(tabs[0].getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
    expect(tabs[1].session).toBe(session)
  })
})
