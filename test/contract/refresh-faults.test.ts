import type { FaultName } from '@oauth-concierge/reference-server'
import { describe, expect, it } from 'vitest'
import { createStandardVisit, issuer } from './standard-visit.ts'

/** A session whose access token has just ended. */
async function createStaleSession(serverOptions = {}) {
  const visit = createStandardVisit({ scope: 'openid profile' }, serverOptions)
  await visit.logIn()
  await visit.clock.advance(3_600)
  const refreshes = (): number => visit.server.ledger.count({ endpoint: 'token', grantType: 'refresh_token' })
  return { ...visit, refreshes }
}

const survived: readonly (readonly [string, FaultName, string])[] = [
  ['R05', 'refresh.answer_lost_before_commit', 'refresh_outcome_unknown'],
  ['R05', 'refresh.answer_lost_after_commit', 'refresh_outcome_unknown'],
  ['R09', 'refresh.unavailable', 'server_unavailable'],
  ['R09', 'refresh.server_error_500', 'server_unavailable'],
  ['R09', 'refresh.empty_400', 'unexpected_response'],
  ['R09', 'refresh.invalid_request_401', 'request_refused'],
  ['R11', 'refresh.other_subject', 'id_token_claim_invalid'],
  ['R11', 'refresh.other_issuer', 'id_token_claim_invalid'],
  ['R11', 'refresh.other_audience', 'id_token_claim_invalid'],
]

describe('a refresh', () => {
  it.each(survived)('%s: at %s fails with %s, and the session lives on as it was', async (_, fault, code) => {
    const { relyingParty, vault, strike } = await createStaleSession()
    strike(fault)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code, sessionSurvives: true })
    expect(relyingParty.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    expect(await vault.get(`concierge:tokens:app@${issuer}`)).toBeDefined()
  })

  it('R05: a request that never arrived is made once more, and saves the session', async () => {
    const { relyingParty, clock, server, strike } = await createStaleSession()
    strike('refresh.answer_lost_before_commit', { times: 1 })
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'refresh_outcome_unknown' })
    await clock.advance(60)
    await expect(relyingParty.getAccessToken()).resolves.toEqual(expect.any(String))
    server.assert.noRefreshTokenReused()
  })

  it('R05: an answer that was lost at a strict server costs one login, and one attempt', async () => {
    const { relyingParty, clock, refreshes, strike } = await createStaleSession()
    strike('refresh.answer_lost_after_commit', { times: 1 })
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'refresh_outcome_unknown' })
    await clock.advance(60)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
    await clock.advance(600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
    expect(refreshes()).toBe(2)
  })

  it('R08: a refusal ends the session everywhere, at once and without another attempt', async () => {
    const { relyingParty, again, vault, refreshes, strike } = await createStaleSession()
    const sibling = again()
    await sibling.restore()
    strike('refresh.invalid_grant')
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'session_expired',
      sessionSurvives: false,
    })
    expect(relyingParty.session).toMatchObject({ status: 'expired' })
    expect(await vault.get(`concierge:tokens:app@${issuer}`)).toBeUndefined()
    await expect(sibling.getAccessToken()).rejects.toMatchObject({ name: 'SessionError' })
    expect(refreshes()).toBe(1)
  })

  it('R10: a server that gives no new refresh token is asked with the old one again', async () => {
    const { relyingParty, clock, refreshes, strike } = await createStaleSession({
      refreshTokenRotation: 'none',
    })
    strike('refresh.no_new_refresh_token')
    const first = await relyingParty.getAccessToken()
    await clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).resolves.not.toBe(first)
    expect(refreshes()).toBe(2)
  })

  it('R11: an ID token of an older login is refused', async () => {
    const { relyingParty, strike } = await createStaleSession()
    strike('refresh.older_auth_time')
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim: 'auth_time',
    })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('R13: an answer that comes after the logout is dropped, and its refresh token revoked', async () => {
    const { relyingParty, server, vault, strike } = await createStaleSession()
    strike('refresh.answer_held', { times: 1 })
    const refreshed = relyingParty.getAccessToken()
    refreshed.catch(() => undefined)
    await expect.poll(() => server.ledger.count({ grantType: 'refresh_token' })).toBe(1)
    await relyingParty.endSession()
    server.faults.off('refresh.answer_held')
    await expect(refreshed).rejects.toMatchObject({ code: 'login_required' })
    expect(relyingParty.session.status).toBe('anonymous')
    expect(await vault.get(`concierge:tokens:app@${issuer}`)).toBeUndefined()
    // Once for the token that the logout found, once for the one that came too late.
    expect(server.ledger.count({ path: '/revoke', status: 200 })).toBe(2)
  })

  it('R15: a server that is down for ten minutes is asked at most twelve times', async () => {
    const { relyingParty, clock, refreshes, strike } = await createStaleSession()
    strike('http.unavailable', { forGood: true, endpoint: 'token' })
    for (let second = 0; second < 600; second += 1) {
      await clock.advance(1)
      await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ sessionSurvives: true })
    }
    expect(refreshes()).toBeLessThanOrEqual(12)
    expect(refreshes()).toBeGreaterThan(3)
  })

  it('N04: a server that asks for a minute is left alone for a minute', async () => {
    const { relyingParty, clock, refreshes, strike } = await createStaleSession()
    strike('http.rate_limited', { forGood: true, endpoint: 'token', seconds: 60 })
    for (let second = 0; second < 59; second += 1) {
      await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'rate_limited' })
      await clock.advance(1)
    }
    expect(refreshes()).toBe(1)
  })

  it('N09: twenty flaps of the network in ten seconds cost one refresh in the end', async () => {
    let isOnline = true
    const { again, clock, refreshes, server } = await createStaleSession()
    const flapping = again({
      runtime: {
        clock,
        isOnline: () => isOnline,
        http: (url, init) =>
          isOnline ? server.fetch(new Request(url, init)) : Promise.reject(new TypeError('fetch failed')),
      },
    })
    await flapping.restore()
    for (let flap = 0; flap < 20; flap += 1) {
      isOnline = flap % 2 === 1
      await flapping.getAccessToken().catch(() => undefined)
      await clock.advance(0.5)
    }
    await clock.advance(60)
    await expect(flapping.getAccessToken()).resolves.toEqual(expect.any(String))
    expect(refreshes()).toBe(1)
    server.assert.noRefreshTokenReused()
  })
})
