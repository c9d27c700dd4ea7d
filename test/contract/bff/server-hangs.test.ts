import { memory } from '@oauth-concierge/bff'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'

let rig: ReferenceRig
let browser: Browser
let release: () => void
let held: Promise<void>
/** What the platform was asked to wait for. */
let beside: Promise<unknown>[]
/** What a server that hangs was asked. */
let asked: string[]

beforeEach(async () => {
  held = new Promise((resolve) => (release = resolve))
  beside = []
  asked = []
  rig = createReferenceRig({ sessions: memory(), waitUntil: (work) => void beside.push(work) })
  browser = rig.newBrowser()
  await rig.logIn(browser)
})
afterEach(() => release())

/** The same process or another one, whose server does not answer at one path. */
const hangingAt = (path: string, sessions = memory()): ReturnType<ReferenceRig['restart']> =>
  rig.restart({
    sessions,
    runtime: {
      clock: rig.clock,
      http: async (url, init) => {
        asked.push(url)
        if (url.includes(path)) await held
        return rig.server.fetch(new Request(url, init))
      },
    },
  })

describe('a logout at a server that does not answer', () => {
  it('is answered at once, and the refresh token is revoked beside it', async () => {
    const hanging = hangingAt('/revo')
    const user = hanging.newBrowser()
    await hanging.logIn(user)
    const { logout } = await (await user.fetch('/auth/session')).json()
    const answer = await user.submit('/auth/logout', { nonce: logout })
    expect([answer.status, (await answer.text()).includes('id_token_hint')]).toEqual([200, true])
    expect(user.cookies.has('__Host-concierge')).toBe(false)
    expect(await (await user.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' })
    const revoked = (): boolean =>
      rig.server.ledger.events.some(({ type }) => type === 'token_revoked' || type === 'family_revoked')
    expect([beside.length, revoked()]).toEqual([1, false])
    release()
    await Promise.all(beside)
    expect(revoked()).toBe(true)
  })

  it('is answered within two seconds by a process that knows nothing of the server yet', async () => {
    const sessions = memory()
    const first = rig.restart({ sessions })
    const user = first.newBrowser()
    await first.logIn(user)
    const { logout } = await (await user.fetch('/auth/session')).json()
    const fresh = hangingAt('openid-configuration', sessions)
    const headers = { cookie: user.cookieHeader('same-origin'), 'sec-fetch-site': 'same-origin' }
    const body = new URLSearchParams({ nonce: logout, return_to: '/bye' })
    const request = new Request('https://app.example/auth/logout', { method: 'POST', headers, body })
    const answering = fresh.bff.fetch(request)
    await vi.waitFor(async () =>
      expect(await (await user.fetch('/auth/session')).json()).toMatchObject({ status: 'anonymous' }),
    )
    await rig.clock.advance(2)
    const answer = await answering
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/bye'])
    expect(answer.headers.getSetCookie().join()).toContain('__Host-concierge=; ')
    expect(fresh.errors.map(({ code }) => code)).toEqual(['timed_out'])
  })
})

describe('the question who is logged in, at a server that does not answer', () => {
  it('is answered within three seconds, and the renewal goes on', async () => {
    const sessions = memory()
    const first = rig.restart({ sessions })
    const user = first.newBrowser()
    await first.logIn(user)
    await rig.clock.advance(3_700)
    const hanging = hangingAt('/token', sessions)
    const headers = { cookie: user.cookieHeader('same-origin'), 'x-concierge': '1' }
    const ask = (path: string): Promise<Response> =>
      hanging.bff.fetch(new Request(`https://app.example/auth/${path}`, { headers }))
    const asking = ask('session')
    await vi.waitFor(() => expect(asked).toContainEqual(expect.stringContaining('/token')))
    await rig.clock.advance(3)
    expect(await (await asking).json()).toMatchObject({ status: 'authenticated' })
    release()
    await Promise.all(beside)
    expect((await ask('session')).status).toBe(200)
    expect(rig.server.ledger.count({ endpoint: 'token', grantType: 'refresh_token' })).toBe(1)
  })
})
