import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { confidentialClient, createServer, getTokens, post, refresh } from '../test-support.ts'

const reused = { status: 400, body: { error: 'invalid_grant' } }

describe('a refresh', () => {
  test('gives the same login again, without a nonce', async () => {
    const server = createServer()
    const first = await getTokens(server)
    server.clock.advance(100)
    const { status, headers, body } = await refresh(server, first['refresh_token'])
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    const [before, after] = [decodeJwt(first['id_token'] ?? ''), decodeJwt(body['id_token'] ?? '')]
    expect(after).toMatchObject({ iss: before.iss, sub: before.sub, aud: before.aud, sid: before['sid'] })
    expect(after['auth_time']).toBe(before['auth_time'])
    expect(after.iat).toBe((before.iat ?? 0) + 100)
    expect(after).not.toHaveProperty('nonce')
  })

  test('can narrow the scope and widen it back, but never beyond', async () => {
    const server = createServer()
    const { refresh_token: token } = await getTokens(server)
    const form = { grant_type: 'refresh_token', client_id: 'spa' }
    const wide = await post(server, '/token', { ...form, refresh_token: token, scope: 'openid email' })
    expect(wide.body['error']).toBe('invalid_scope')
    const narrow = await post(server, '/token', { ...form, refresh_token: token, scope: 'profile' })
    expect(narrow.body['scope']).toBe('profile')
    expect(narrow.body).not.toHaveProperty('id_token')
    const back = await refresh(server, narrow.body['refresh_token'])
    expect(back.body['scope']).toBe('openid profile')
  })

  test('is refused without a token, with an unknown one, and to another client', async () => {
    const server = createServer()
    const { refresh_token: token } = await getTokens(server)
    expect((await refresh(server, undefined)).body['error']).toBe('invalid_request')
    expect((await refresh(server, 'unknown')).body['error']).toBe('invalid_grant')
    const { clientId, clientSecret } = confidentialClient
    const stolen = { client_id: clientId, client_secret: clientSecret, refresh_token: token }
    const answer = await post(server, '/token', { grant_type: 'refresh_token', ...stolen })
    expect(answer.body['error']).toBe('invalid_grant')
    expect((await refresh(server, token)).status).toBe(200)
  })

  test('slides: each new token lives its full time', async () => {
    const server = createServer({ lifetimes: { refreshToken: 100 } })
    const { refresh_token: first } = await getTokens(server)
    server.clock.advance(99)
    const { body } = await refresh(server, first)
    server.clock.advance(99)
    expect((await refresh(server, body['refresh_token'])).status).toBe(200)
  })
})

describe('rotation "strict"', () => {
  test('revokes the family when a spent token comes back', async () => {
    const server = createServer()
    const { refresh_token: first } = await getTokens(server)
    const { body } = await refresh(server, first)
    expect(body['refresh_token']).not.toBe(first)
    expect(await refresh(server, first)).toMatchObject(reused)
    expect(await refresh(server, body['refresh_token'])).toMatchObject(reused)
    const headers = { Authorization: `Bearer ${body['access_token']}` }
    expect((await post(server, '/userinfo', {}, headers)).status).toBe(401)
    expect(server.ledger.countEvents('refresh_token_reused')).toBe(1)
    expect(server.ledger.events.at(-1)).toMatchObject({ type: 'family_revoked', familyId: 'family-1' })
    expect(server.ledger.select({ grantType: 'refresh_token' }).map((entry) => entry.refreshTokenId)).toEqual(
      ['rt-1', 'rt-1', 'rt-2'],
    )
  })

  test('takes two refreshes at once for reuse', async () => {
    const server = createServer()
    const { refresh_token: token } = await getTokens(server)
    const answers = await Promise.all([refresh(server, token), refresh(server, token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(server.ledger.countEvents('family_revoked')).toBe(1)
  })
})

describe('rotation "grace"', () => {
  test('honours a spent token once more inside the window', async () => {
    const server = createServer({ refreshTokenRotation: { grace: 30 } })
    const { refresh_token: first } = await getTokens(server)
    await refresh(server, first)
    server.clock.advance(29)
    const { status, body } = await refresh(server, first)
    expect(status).toBe(200)
    expect((await refresh(server, body['refresh_token'])).status).toBe(200)
    expect(server.ledger.countEvents('refresh_token_grace_used')).toBe(1)
    expect(server.ledger.countEvents('family_revoked')).toBe(0)
  })

  test('revokes the family at the third use', async () => {
    const server = createServer({ refreshTokenRotation: { grace: 30 } })
    const { refresh_token: first } = await getTokens(server)
    await refresh(server, first)
    await refresh(server, first)
    expect(await refresh(server, first)).toMatchObject(reused)
    expect(server.ledger.countEvents('family_revoked')).toBe(1)
  })

  test('revokes the family after the window', async () => {
    const server = createServer({ refreshTokenRotation: { grace: 30 } })
    const { refresh_token: first } = await getTokens(server)
    await refresh(server, first)
    server.clock.advance(30)
    expect(await refresh(server, first)).toMatchObject(reused)
    expect(server.ledger.countEvents('refresh_token_reused')).toBe(1)
  })
})

describe('rotation "none"', () => {
  test('lets a token be used again and gives no other', async () => {
    const server = createServer({ refreshTokenRotation: 'none' })
    const { refresh_token: token } = await getTokens(server)
    for (let round = 0; round < 3; round++) {
      const { status, body } = await refresh(server, token)
      expect(status).toBe(200)
      expect(body).not.toHaveProperty('refresh_token')
    }
  })
})
