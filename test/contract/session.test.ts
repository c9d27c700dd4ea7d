import type { Http } from '@oauth-concierge/core'
import { createManualClock } from '@oauth-concierge/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyOf, createGuest, logIn, visitServer } from './log-in.ts'
import { contractClient, type ContractServer } from './servers/contract-server.ts'
import { contractServers } from './servers/index.ts'

describe.each(contractServers)('a session at $name', (kind) => {
  let server: ContractServer

  beforeAll(async () => {
    server = await kind.start()
  })
  afterAll(() => server.close())

  it('begins with a login whose ID token is verified', async () => {
    const guest = createGuest(server)
    const parameters = await visitServer(server, guest)
    await expect(guest.relyingParty.finishLogin(parameters)).resolves.toEqual({ returnTo: '/orders' })
    expect(guest.relyingParty.session).toMatchObject({
      status: 'authenticated',
      claims: { iss: server.issuer, sub: expect.any(String) },
    })
    await expect(guest.relyingParty.getAccessToken()).resolves.toEqual(expect.any(String))
  })

  it('redeems a callback once', async () => {
    const guest = createGuest(server)
    const parameters = await visitServer(server, guest)
    await guest.relyingParty.finishLogin(parameters)
    const { session } = guest.relyingParty
    await expect(guest.relyingParty.finishLogin(parameters)).rejects.toMatchObject({
      code: 'callback_replayed',
    })
    expect(guest.relyingParty.session).toBe(session)
  })

  it('lets two logins at once both finish', async () => {
    const guest = createGuest(server)
    const [first, second] = [await visitServer(server, guest), await visitServer(server, guest)]
    await guest.relyingParty.finishLogin(second)
    await guest.relyingParty.finishLogin(first)
    expect(guest.relyingParty.session.status).toBe('authenticated')
  })

  it('does not begin with a callback that another user agent started', async () => {
    const parameters = await visitServer(server, createGuest(server))
    const victim = createGuest(server)
    await expect(victim.relyingParty.finishLogin(parameters)).rejects.toMatchObject({
      code: 'callback_state_unknown',
    })
    expect(await victim.vault.get('any')).toBeUndefined()
  })

  it('does not begin when the user denies', async () => {
    const guest = createGuest(server)
    const parameters = await visitServer(server, guest, { consent: 'deny' })
    await expect(guest.relyingParty.finishLogin(parameters)).rejects.toMatchObject({
      code: 'access_denied',
      error: 'access_denied',
    })
  })

  it('does not begin with a code that was meant for another login', async () => {
    const guest = createGuest(server)
    const mine = await visitServer(server, guest)
    const other = await visitServer(server, createGuest(server))
    mine.set('code', other.get('code') ?? '')
    await expect(guest.relyingParty.finishLogin(mine)).rejects.toMatchObject({ error: 'invalid_grant' })
    expect(guest.relyingParty.session.status).not.toBe('authenticated')
  })

  it('does not begin when iss was changed or removed', async () => {
    for (const change of [
      (p: URLSearchParams) => p.set('iss', 'https://evil.example'),
      (p: URLSearchParams) => p.delete('iss'),
    ]) {
      const guest = createGuest(server)
      const parameters = await visitServer(server, guest)
      change(parameters)
      await expect(guest.relyingParty.finishLogin(parameters)).rejects.toMatchObject({
        code: 'callback_issuer_mismatch',
      })
    }
  })

  it('asks for user info', async () => {
    const guest = createGuest(server)
    await logIn(server, guest)
    await expect(guest.relyingParty.userInfo()).resolves.toMatchObject({
      name: expect.any(String),
      email: 'ada@example.com',
    })
  })

  it('refreshes once for many callers, and again with the rotated token', async () => {
    const clock = createManualClock(Date.now() / 1000)
    const { http, tokenRequests } = countTokenRequests(server.http)
    const guest = createGuest(server, { runtime: { clock, http } })
    await logIn(server, guest)
    const first = await guest.relyingParty.getAccessToken()
    for (const round of [1, 2]) {
      await clock.advance(3_600)
      const tokens = await Promise.all(Array.from({ length: 50 }, () => guest.relyingParty.getAccessToken()))
      expect(new Set(tokens).size).toBe(1)
      expect(tokens[0]).not.toBe(first)
      expect(tokenRequests()).toBe(1 + round)
    }
  })

  it('ends when the server refuses the refresh token', async () => {
    const clock = createManualClock(Date.now() / 1000)
    const guest = createGuest(server, { runtime: { clock, http: server.http } })
    await logIn(server, guest)
    const thief = createGuest(server, {
      vault: await copyOf(server, guest),
      runtime: { clock, http: server.http },
    })
    await thief.relyingParty.restore()
    await clock.advance(3_600)
    await guest.relyingParty.getAccessToken()
    await expect(thief.relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'session_expired',
      sessionSurvives: false,
    })
    expect(thief.relyingParty.session.status).toBe('expired')
  })

  it('ends with a logout: erased here, revoked there, and a way to the end-session page', async () => {
    const guest = createGuest(server)
    await logIn(server, guest)
    const kept = await copyOf(server, guest)
    const { postLogoutRedirectUri } = contractClient
    const request = await guest.relyingParty.endSession({ postLogoutRedirectUri })
    expect(request).toMatchObject({
      endpoint: expect.stringContaining(server.issuer),
      parameters: {
        post_logout_redirect_uri: postLogoutRedirectUri,
        id_token_hint: expect.any(String),
        state: expect.any(String),
      },
    })
    expect(guest.relyingParty.session.status).toBe('anonymous')
    await expect(guest.relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
    const clock = createManualClock(Date.now() / 1000 + 3_600)
    const revenant = createGuest(server, { vault: kept, runtime: { clock, http: server.http } })
    await revenant.relyingParty.restore()
    await expect(revenant.relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
  })
})

function countTokenRequests(http: Http): { http: Http; tokenRequests: () => number } {
  let count = 0
  const counting: Http = (url, init) => {
    if (init.method === 'POST' && new URLSearchParams(String(init.body)).has('grant_type')) count += 1
    return http(url, init)
  }
  return { http: counting, tokenRequests: () => count }
}
