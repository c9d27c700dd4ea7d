import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { codeForm, createServer, getTokens, post, refresh } from '../test-support.ts'
import { ask, form, now } from './faults.test-support.ts'

type Form = Readonly<Record<string, string>>

/** Logs in with a fault on, and reads the token answer as it comes. */
async function exchange(name: FaultName, options = {}) {
  const server = createServer()
  server.faults.on(name, options)
  const fields = (await codeForm(server)) as Form
  return { server, fields, answer: await ask(server, '/token', form(fields)) }
}

describe('refusals and pages', () => {
  test.each([
    ['token.html_200', 200, /^<!doctype html>/],
    ['token.empty_400', 400, /^$/],
    ['token.empty_200', 200, /^$/],
    ['token.invalid_grant', 400, /^\{"error":"invalid_grant"\}$/],
    ['token.invalid_client', 401, /^\{"error":"invalid_client"\}$/],
    ['token.server_error_500', 500, /^<!doctype html>/],
    ['token.unavailable', 503, /./],
    ['token.rate_limited', 429, /./],
    ['token.redirected', 302, /^$/],
    ['token.error_as_html', 400, /"error_description":"<img src=x onerror=/],
    ['token.unknown_error_code', 403, /"error":"invalid_code"/],
  ] as const)('%s: %i, and the code is not spent', async (name, status, text) => {
    const { server, fields, answer } = await exchange(name)
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(text)
    expect(server.ledger.select({ endpoint: 'token' })).toMatchObject([
      { status, clientId: 'spa', grantType: 'authorization_code' },
    ])
    expect((await post(server, '/token', fields)).status).toBe(200)
  })

  test('token.rate_limited says when to come again', async () => {
    const { answer } = await exchange('token.rate_limited', { seconds: 7 })
    expect(answer.headers.get('retry-after')).toBe('7')
  })

  test('token.redirected keeps the method and body when it is told to', async () => {
    const { answer } = await exchange('token.redirected', { status: 307, value: 'https://b.example/t' })
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://b.example/t'])
  })

  test('token.assertion_from_future shows the clock of the server', async () => {
    const { answer } = await exchange('token.assertion_from_future')
    expect(answer.text).toContain('invalid_grant')
    expect(Date.parse(answer.headers.get('date') ?? '')).toBe((now - 300) * 1000)
  })
})

describe('members of the answer', () => {
  test.each([
    ['token.expires_in_missing', 'expires_in', undefined],
    ['token.expires_in_string', 'expires_in', '3600'],
    ['token.expires_in_negative', 'expires_in', -3600],
    ['token.expires_in_huge', 'expires_in', 1e300],
    ['token.type_missing', 'token_type', undefined],
    ['token.type_mixed_case', 'token_type', 'bEaReR'],
    ['token.type_mac', 'token_type', 'mac'],
    ['token.scope_shrunk', 'scope', 'openid'],
    ['token.scope_missing', 'scope', undefined],
    ['token.access_token_missing', 'access_token', undefined],
    ['token.access_token_empty', 'access_token', ''],
  ] as const)('%s: %s, once', async (name, member, expected) => {
    const server = createServer()
    server.faults.on(name)
    expect((await getTokens(server))[member]).toEqual(expected)
    expect((await getTokens(server))[member]).not.toEqual(expected)
  })

  test('token.duplicate_member', async () => {
    const { answer } = await exchange('token.duplicate_member')
    expect(answer.text.match(/"access_token":/g)).toHaveLength(2)
  })

  test('token.proto_member', async () => {
    const { answer } = await exchange('token.proto_member')
    expect(answer.text).toContain('"__proto__":{"isAdmin":true}')
  })

  test('token.byte_order_mark', async () => {
    const server = createServer()
    server.faults.on('token.byte_order_mark')
    const request = new Request('https://as.example/token', form((await codeForm(server)) as Form))
    const bytes = new Uint8Array(await (await server.fetch(request)).arrayBuffer())
    expect([...bytes.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x7b])
  })

  test('token.huge_access_token', async () => {
    const { answer } = await exchange('token.huge_access_token', { bytes: 10_000 })
    expect(JSON.parse(answer.text)).toMatchObject({ access_token: 'a'.repeat(10_000) })
  })
})

describe('answers that get lost', () => {
  test('token.answer_lost_after_commit: the code is spent', async () => {
    const server = createServer()
    server.faults.on('token.answer_lost_after_commit')
    const fields = await codeForm(server)
    await expect(post(server, '/token', fields)).rejects.toThrow(TypeError)
    expect((await post(server, '/token', fields)).body['error']).toBe('invalid_grant')
    expect(server.ledger.countEvents('code_replayed')).toBe(1)
  })

  test('token.answer_lost_before_commit: the server never saw it', async () => {
    const server = createServer()
    server.faults.on('token.answer_lost_before_commit')
    const fields = await codeForm(server)
    await expect(post(server, '/token', fields)).rejects.toThrow('fetch failed')
    expect(server.ledger.select({ endpoint: 'token' })).toMatchObject([{ status: undefined }])
    expect((await post(server, '/token', fields)).status).toBe(200)
  })

  test('token.answer_held: the answer waits, the work is done', async () => {
    const server = createServer()
    server.faults.on('token.answer_held')
    const answer = codeForm(server).then((fields) => post(server, '/token', fields))
    let isHere = false
    void answer.then(() => (isHere = true))
    await expect.poll(() => server.ledger.count({ endpoint: 'token', status: 200 })).toBe(1)
    expect(isHere).toBe(false)
    server.faults.off('token.answer_held')
    expect((await answer).status).toBe(200)
  })
})

test('a refresh counts as a token request too, unless grantType says otherwise', async () => {
  const server = createServer()
  const tokens = await getTokens(server)
  server.faults.on('token.html_200', { grantType: 'authorization_code' })
  const refreshed = await refresh(server, tokens['refresh_token'])
  expect(refreshed.status).toBe(200)
  server.faults.off()
  server.faults.on('token.empty_400')
  expect((await refresh(server, refreshed.body['refresh_token'])).status).toBe(400)
})
