import { describe, expect, test } from 'vitest'
import { createServer, issuer } from '../test-support.ts'
import { ask, now } from './faults.test-support.ts'

const origin = { Origin: 'https://app.example' }

describe('the connection', () => {
  test('network.closed_without_answer: the server never saw the request', async () => {
    const server = createServer()
    server.faults.on('network.closed_without_answer')
    const lost = ask(server, '/jwks')
    await expect(lost).rejects.toThrow(TypeError)
    await expect(lost).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'UND_ERR_SOCKET' } })
    expect(server.ledger.select({ endpoint: 'jwks' })).toMatchObject([{ status: undefined }])
  })

  test('network.answer_lost: the server did its work', async () => {
    const server = createServer()
    server.faults.on('network.answer_lost')
    await expect(ask(server, '/jwks')).rejects.toThrow('fetch failed')
    expect(server.ledger.count({ endpoint: 'jwks', status: 200 })).toBe(1)
  })

  test('network.answer_held and network.never_answers', async () => {
    const server = createServer()
    server.faults.on('network.answer_held')
    const held = ask(server, '/jwks')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(1)
    server.faults.on('network.never_answers')
    const closed = expect(ask(server, '/jwks')).rejects.toThrow('fetch failed')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(2)
    server.faults.off()
    expect((await held).status).toBe(200)
    await closed
  })

  test('network.answer_held ends when the caller gives up', async () => {
    const server = createServer()
    server.faults.on('network.answer_held')
    const patience = new AbortController()
    const asked = server.fetch(new Request(`${issuer}/jwks`, { signal: patience.signal }))
    const ended = expect(asked).rejects.toThrow('enough')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(1)
    patience.abort(new Error('enough'))
    await ended
  })
})

describe('the answer', () => {
  test.each([
    ['http.html_200', 200, /^<!doctype html>/],
    ['http.empty_200', 200, /^$/],
    ['http.server_error_500', 500, /^<!doctype html>/],
    ['http.unavailable', 503, /^Service unavailable/],
  ] as const)('%s: %i', async (name, status, text) => {
    const server = createServer()
    server.faults.on(name)
    const answer = await ask(server, '/jwks')
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(text)
    expect(server.ledger.count({ endpoint: 'jwks', status })).toBe(1)
  })

  test.each([
    ['http.rate_limited', 429, '30'],
    ['http.retry_after_date', 503, new Date((now + 30) * 1000).toUTCString()],
    ['http.retry_after_year', 429, '31536000'],
    ['http.retry_after_garbage', 429, 'soon, perhaps'],
  ] as const)('%s: %i with Retry-After %s', async (name, status, retryAfter) => {
    const server = createServer()
    server.faults.on(name)
    const answer = await ask(server, '/jwks')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter])
  })

  test('http.unavailable says when to come again, where it is told to', async () => {
    const server = createServer()
    server.faults.on('http.unavailable', { seconds: 9 })
    expect((await ask(server, '/jwks')).headers.get('retry-after')).toBe('9')
  })

  test.each([301, 302, 303, 307, 308])('http.redirected: %i', async (status) => {
    const server = createServer()
    server.faults.on('http.redirected', { status })
    const answer = await ask(server, '/revoke', { method: 'POST' })
    expect([answer.status, answer.headers.get('location')]).toEqual([
      status,
      'https://attacker.example/revoke',
    ])
  })
})

describe('scripts of other origins', () => {
  test('can read an answer given in the place of the server', async () => {
    const server = createServer()
    server.faults.on('http.rate_limited')
    const answer = await ask(server, '/token', { method: 'POST', headers: origin })
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(answer.headers.has('access-control-expose-headers')).toBe(false)
  })

  test('http.cors_missing: cannot read any', async () => {
    const server = createServer()
    server.faults.on('http.cors_missing')
    const headersOf = async () => [...(await ask(server, '/jwks', { headers: origin })).headers.keys()]
    expect((await headersOf()).filter((name) => name.startsWith('access-control-'))).toEqual([])
    expect(await headersOf()).toContain('access-control-allow-origin')
  })

  test('http.cors_missing_on_errors: can read the good ones', async () => {
    const server = createServer()
    server.faults.on('http.cors_missing_on_errors')
    const good = await ask(server, '/jwks', { headers: origin })
    expect(good.headers.has('access-control-allow-origin')).toBe(true)
    const bad = await ask(server, '/token', { method: 'POST', headers: origin })
    expect([bad.status, bad.headers.has('access-control-allow-origin')]).toEqual([401, false])
  })

  test('a preflight is never struck', async () => {
    const server = createServer()
    server.faults.on('http.unavailable')
    const headers = { ...origin, 'Access-Control-Request-Method': 'POST' }
    expect((await ask(server, '/token', { method: 'OPTIONS', headers })).status).toBe(204)
    expect(server.faults.list()).toHaveLength(1)
  })
})

describe('which requests are struck', () => {
  test('no page, unless the endpoint is named', async () => {
    const server = createServer()
    server.faults.on('http.unavailable', { forGood: true })
    expect((await ask(server, '/authorize')).status).toBe(400)
    expect((await ask(server, '/jwks')).status).toBe(503)
    server.faults.off()
    server.faults.on('http.unavailable', { endpoint: 'authorize' })
    expect((await ask(server, '/jwks')).status).toBe(200)
    expect((await ask(server, '/authorize')).status).toBe(503)
  })

  test('the endpoint that is named', async () => {
    const server = createServer()
    server.faults.on('http.html_200', { endpoint: 'userinfo' })
    expect((await ask(server, '/jwks')).text).toContain('keys')
    expect((await ask(server, '/userinfo')).text).toContain('<h1>')
  })
})
