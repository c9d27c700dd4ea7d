import { createManualClock, createScriptedHttp } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { diagnose } from './diagnose.ts'
import type { Report } from './explain.ts'
import { settle, showPage } from './fake-page.test-support.ts'

const token = 'https://id.example/token'

let page: ReturnType<typeof showPage>
beforeEach(() => (page = showPage('https://app.example/')))
afterEach(() => vi.unstubAllGlobals())

const reportOf = (...details: Report['events'][number]['detail'][]): Report => ({
  issuer: 'https://id.example',
  clientId: 'spa',
  tokenStore: 'memory',
  session: 'anonymous',
  accessTokenEndsIn: undefined,
  browser: {},
  events: details.map((detail) => ({ name: 'request', at: 0, detail })),
})
const failed = { method: 'POST', url: token, failed: 'TypeError' }

describe('what is found out about a request without an answer', () => {
  it('is that CORS headers are missing, where the server answers', async () => {
    const { http, on, requests } = createScriptedHttp()
    on(token, () => new Response())
    const hints = await diagnose(
      reportOf(failed, failed, { ...failed, url: 'https://api.example/', failed: 'TypeError' }),
      { http },
    )
    expect(hints).toHaveLength(2)
    expect(hints[0]).toContain('Access-Control-Allow-Origin: https://app.example')
    expect(hints[1]).toContain('https://api.example/ gives no answer at all')
    expect(requests.map(({ method, url, headers }) => [method, url, [...headers]])).toEqual([
      ['GET', token, []],
      ['GET', 'https://api.example/', []],
    ])
  })

  it('is that the page’s own policy forbids it', async () => {
    const clock = createManualClock()
    const violation = { effectiveDirective: 'connect-src', blockedURI: token }
    const hints = diagnose(reportOf(failed), { clock, http: createScriptedHttp().http })
    await settle()
    page.document.dispatchEvent(Object.assign(new Event('securitypolicyviolation'), violation))
    await expect(hints).resolves.toEqual([expect.stringContaining("connect-src 'self' https://id.example")])
  })

  it('is that it gives none, within five seconds', async () => {
    const clock = createManualClock()
    const hints = diagnose(reportOf(failed), { clock, http: () => new Promise(() => undefined) })
    await clock.advance(5)
    await clock.advance(1)
    await expect(hints).resolves.toEqual([expect.stringContaining('no answer at all')])
  })

  it('is nothing where all had one', async () => {
    await expect(diagnose(reportOf({ method: 'GET', url: token, status: 400 }))).resolves.toEqual([])
  })
})
