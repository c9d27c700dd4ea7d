import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, getTokens, refresh } from '../test-support.ts'
import { ask, form, isSignedByServer, now, partsOf } from './faults.test-support.ts'

/** Logs in, then refreshes with a fault on. */
async function prepare(name: FaultName) {
  const server = createServer()
  server.faults.on(name)
  const { refresh_token: token } = await getTokens(server)
  expect(server.faults.list()).toHaveLength(1)
  return { server, token }
}

const refreshForm = (token: string | undefined) =>
  form({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: token ?? '' })

describe('a refresh', () => {
  test.each([
    ['refresh.invalid_grant', 400, '{"error":"invalid_grant"}'],
    ['refresh.invalid_request_401', 401, '"hint":"Token has been revoked"'],
    ['refresh.empty_400', 400, ''],
    ['refresh.server_error_500', 500, '<h1>'],
    ['refresh.unavailable', 503, ''],
  ] as const)('%s: %i, and the token is not spent', async (name, status, text) => {
    const { server, token } = await prepare(name)
    const answer = await ask(server, '/token', refreshForm(token))
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(text)
    expect((await refresh(server, token)).status).toBe(200)
  })

  test('refresh.reuse_revokes_family: the server itself finds the reuse', async () => {
    const { server, token } = await prepare('refresh.reuse_revokes_family')
    const { status, body } = await refresh(server, token)
    expect([status, body['error']]).toEqual([400, 'invalid_grant'])
    expect(server.ledger.countEvents('refresh_token_reused')).toBe(1)
    expect(server.ledger.countEvents('family_revoked')).toBe(1)
  })

  test('refresh.reuse_revokes_family refuses where nothing rotates', async () => {
    const server = createServer({ refreshTokenRotation: 'none' })
    server.faults.on('refresh.reuse_revokes_family')
    const { refresh_token: token } = await getTokens(server)
    expect((await refresh(server, token)).body).toEqual({ error: 'invalid_grant' })
  })

  test('refresh.answer_lost_after_commit: the token is spent', async () => {
    const { server, token } = await prepare('refresh.answer_lost_after_commit')
    await expect(refresh(server, token)).rejects.toThrow('fetch failed')
    expect((await refresh(server, token)).body['error']).toBe('invalid_grant')
    expect(server.ledger.countEvents('refresh_token_reused')).toBe(1)
  })

  test('refresh.answer_lost_before_commit: the token still works', async () => {
    const { server, token } = await prepare('refresh.answer_lost_before_commit')
    await expect(refresh(server, token)).rejects.toThrow('fetch failed')
    expect((await refresh(server, token)).status).toBe(200)
  })

  test('refresh.answer_held waits until it is switched off', async () => {
    const { server, token } = await prepare('refresh.answer_held')
    const answer = refresh(server, token)
    await expect.poll(() => server.ledger.count({ grantType: 'refresh_token', status: 200 })).toBe(1)
    server.faults.off()
    expect((await answer).status).toBe(200)
  })

  test('refresh.no_new_refresh_token', async () => {
    const { server, token } = await prepare('refresh.no_new_refresh_token')
    const { body } = await refresh(server, token)
    expect(['refresh_token' in body, 'access_token' in body]).toEqual([false, true])
  })

  test.each([
    ['refresh.other_subject', 'sub', 'somebody-else'],
    ['refresh.other_issuer', 'iss', 'https://attacker.example'],
    ['refresh.other_audience', 'aud', 'another-client'],
    ['refresh.older_auth_time', 'auth_time', now - 3600],
  ] as const)('%s: the new ID token has another %s, rightly signed', async (name, claim, expected) => {
    const { server, token } = await prepare(name)
    const { id_token: idToken } = (await refresh(server, token)).body
    expect(partsOf(idToken).claims[claim]).toBe(expected)
    expect(await isSignedByServer(server, idToken)).toBe(true)
  })

  test('refresh.scope_widened', async () => {
    const { server, token } = await prepare('refresh.scope_widened')
    expect((await refresh(server, token)).body['scope']).toBe('openid profile admin')
  })
})
