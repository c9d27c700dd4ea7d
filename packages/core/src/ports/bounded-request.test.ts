import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock, type ManualClock } from '../testing/manual-clock.ts'
import { boundedRequest, readRetryAfter } from './bounded-request.ts'
import { completeRuntime } from './default-runtime.ts'
import type { Http } from './http.ts'

const url = 'https://id.example/token'
let clock: ManualClock

beforeEach(() => {
  clock = createManualClock()
})

const request = (http: Http, limits = {}): Promise<Response> =>
  boundedRequest(
    completeRuntime({ clock, http, isOnline: () => true }),
    `${url}?secret=canary`,
    { method: 'POST' },
    limits,
  )

describe('a bounded request', () => {
  it('asks for redirects to be left alone and gives a whole answer', async () => {
    const seen: RequestInit[] = []
    const response = await request(async (_, init) => {
      seen.push(init)
      return Response.json({ ok: true }, { headers: { 'x-kept': 'yes' } })
    })
    expect(seen[0]).toMatchObject({ redirect: 'manual', method: 'POST' })
    expect(response.headers.get('x-kept')).toBe('yes')
    await expect(response.json()).resolves.toEqual({ ok: true })
  })

  it('ends a body that drips, at the deadline, and lets go of the connection', async () => {
    let signal: AbortSignal | null | undefined
    const drip = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
    const answer = request(
      async (_, init) => {
        signal = init.signal
        return new Response(drip)
      },
      { deadline: 2_000 },
    )
    answer.catch(() => undefined)
    await clock.advance(1)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    await expect(answer).rejects.toMatchObject({ code: 'timed_out', retryable: true })
    expect(signal?.aborted).toBe(true)
  })

  it('ends an endless body at the cap, whatever Content-Length says', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1
        controller.enqueue(new Uint8Array(1_024))
      },
    })
    const answer = request(async () => new Response(endless, { headers: { 'content-length': '10' } }), {
      maxBytes: 10_240,
    })
    await expect(answer).rejects.toMatchObject({ code: 'response_too_large', retryable: false })
    expect(pulled).toBeLessThan(20)
  })

  it('does not abort a request that has failed by itself: some do not survive that', async () => {
    let signal: AbortSignal | null | undefined
    const answer = request((_, init) => {
      signal = init.signal
      return Promise.reject(new TypeError('fetch failed'))
    })
    await expect(answer).rejects.toMatchObject({ code: 'network_failed' })
    await clock.advance(3_600)
    expect(signal?.aborted).toBe(false)
  })

  it('lets go of a connection whose answer it does not read', async () => {
    let signal: AbortSignal | null | undefined
    const endless = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => undefined) })
    const answer = request(async (_, init) => {
      signal = init.signal
      return new Response(endless, { status: 503 })
    })
    await expect(answer).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(signal?.aborted).toBe(true)
  })

  it('says that the network failed when the body breaks off', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('reset')),
    })
    await expect(request(async () => new Response(broken))).rejects.toMatchObject({ code: 'network_failed' })
  })

  it('names the system’s code, and neither the query nor what the network error holds', async () => {
    const failure = Object.assign(new Error('canary'), { cause: { code: 'ECONNREFUSED', request: 'canary' } })
    const error: unknown = await request(() => Promise.reject(failure)).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'network_failed', message: expect.stringContaining('ECONNREFUSED') })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('canary')
  })

  it.each([301, 302, 303, 307, 308])('does not follow a %d', async (status) => {
    const answer = request(
      async () => new Response(null, { status, headers: { location: 'https://evil.example' } }),
    )
    await expect(answer).rejects.toMatchObject({ code: 'redirected', status })
  })

  it('without CORS lets redirects be followed, since browsers refuse anything else', async () => {
    const seen: RequestInit[] = []
    const runtime = completeRuntime({
      clock,
      http: async (_, init) => (seen.push(init), new Response('alive')),
    })
    await boundedRequest(runtime, url, { mode: 'no-cors' })
    expect(seen[0]).toMatchObject({ mode: 'no-cors', redirect: 'follow' })
  })

  it.each([
    [429, 'rate_limited'],
    [503, 'server_unavailable'],
    [500, 'server_unavailable'],
  ])('says of a %d when to come back and what kind of answer came', async (status, code) => {
    const headers = { 'retry-after': '30', 'content-type': 'text/html; charset=utf-8' }
    const answer = request(async () => new Response('<p>', { status, headers }))
    await expect(answer).rejects.toMatchObject({ code, status, retryAfter: 30, contentType: 'text/html' })
  })

  it('leaves no deadline behind', async () => {
    await request(async () => new Response('{}'))
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', note)
    await clock.advance(3_600)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z') / 1000

  it.each([
    ['7', 7],
    ['0', 0],
    ['99999999999999999999', 3_600],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['Fri, 01 Jan 2027 00:00:00 GMT', 3_600],
    ['soon', undefined],
    ['-1; drop', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j is %s seconds', (header, seconds) => {
    expect(readRetryAfter(header, now)).toBe(seconds)
  })
})
