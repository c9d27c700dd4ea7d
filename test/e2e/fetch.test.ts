import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { LifecycleSite, SiteOptions } from './support/lifecycle-site.ts'
import { policy } from './support/lifecycle-site.ts'
import { isSession, knowUser, open, outcomeOf, pageOf, test } from './support/lifecycle-test.ts'
import { describeInBrowser } from './support/test.ts'
import type { TestedPage } from './pages/lifecycle-page.ts'

const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const

const logIn = async (tab: Page, site: LifecycleSite): Promise<void> => {
  await knowUser(tab.context(), site)
  await open(tab, site)
  await tab.locator('#redirect').click()
  await isSession(tab, 'authenticated')
}

type Outcome = { readonly status?: number; readonly body?: string; readonly code?: string }

/** Calls an address of the server's small API, which tells what came; the body is made in the page. */
const call = async (
  tab: Page,
  url: string,
  body?: 'text' | 'form' | 'file' | 'request' | 'stream',
): Promise<Outcome> => {
  const work = async (
    { auth }: TestedPage,
    { url, body }: { url: string; body: string | undefined },
  ): Promise<Outcome> => {
    const method = body === undefined ? 'GET' : 'POST'
    const bodies: Record<string, () => BodyInit> = {
      text: () => 'one coffee',
      form: () => new URLSearchParams({ one: 'coffee' }),
      file: () => new Blob(['one coffee']),
      stream: () => new Blob(['one coffee']).stream(),
    }
    const init = body === undefined ? {} : { method, body: bodies[body]?.() ?? 'one coffee', duplex: 'half' }
    try {
      const response = await (body === 'request' ? auth.fetch(new Request(url, init)) : auth.fetch(url, init))
      return { status: response.status, body: JSON.parse(await response.text()).body }
    } catch (error) {
      return { code: (error as { code?: string }).code ?? String(error) }
    }
  }
  return (await pageOf(tab)).evaluate(work, { url, body })
}

/** Refuses the first access token at the API from now on, as a server does that withdrew it. */
const withdrawFirstToken = (): {
  readonly around: NonNullable<SiteOptions['around']>
  readonly calls: string[]
} => {
  const calls: string[] = []
  return {
    calls,
    around: (handler) => async (request) => {
      const token = request.headers.get('authorization')
      if (new URL(request.url).pathname !== '/resource' || token === null) return handler(request)
      calls.push(token)
      if (token !== calls[0]) return handler(request)
      const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' }
      const cors = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' }
      return new Response(null, { status: 401, headers: { ...challenge, ...cors } })
    },
  }
}

describeInBrowser('a call with a body', () => {
  test.for([
    ['text', 'one coffee'],
    ['form', 'one=coffee'],
    ['file', 'one coffee'],
    ['request', 'one coffee'],
  ] as const)('arrives over HTTP/1.1: %s', async ([body, text], { tab, site }) => {
    await logIn(tab, site)
    expect(await call(tab, `${site.issuer.origin}/resource`, body)).toEqual({ status: 200, body: text })
  })
})

describeInBrowser('a call whose token was withdrawn', () => {
  const { around, calls } = withdrawFirstToken()
  test.override('siteOptions', { around })

  test('is made once more with a new one, its body included, however many there are', async ({
    tab,
    site,
  }) => {
    calls.length = 0
    await logIn(tab, site)
    const url = `${site.issuer.origin}/resource`
    const outcomes = await Promise.all(
      ['text', 'form', 'file', 'request'].map((body) => call(tab, url, body as 'text')),
    )
    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(outcomes.map(({ body }) => body)).toEqual(['one coffee', 'one=coffee', 'one coffee', 'one coffee'])
    expect(site.authorizationServer.ledger.count(refresh)).toBe(1)
    expect(new Set(calls).size).toBe(2)
  })
})

describeInBrowser('a call whose body is a stream', () => {
  const { around, calls } = withdrawFirstToken()
  test.override('siteOptions', { around })

  test('is not made again: Chromium sends none over HTTP/1.1, and nothing else is sent in its place', async ({
    tab,
    site,
  }) => {
    calls.length = 0
    await logIn(tab, site)
    expect(await call(tab, `${site.issuer.origin}/resource`, 'stream')).toEqual({ code: 'network_failed' })
    expect(calls).toEqual([])
    expect(site.authorizationServer.ledger.count(refresh)).toBe(0)
  })
})

describeInBrowser('N08: an API that redirects', () => {
  const arrived: string[] = []
  const around: SiteOptions['around'] = (handler) => async (request) => {
    const { pathname, searchParams } = new URL(request.url)
    const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': 'authorization' }
    if (pathname === '/moved' && request.method === 'OPTIONS')
      return new Response(null, { status: 204, headers })
    if (pathname !== '/moved') return handler(request)
    return new Response(null, {
      status: 307,
      headers: { ...headers, location: searchParams.get('to') ?? '' },
    })
  }
  test.override('siteOptions', { around })

  test('gets no second request out of it: a code says where to call', async ({ tab, site }) => {
    site.routes.set('/elsewhere', async (request) => {
      arrived.push(request.headers.get('authorization') ?? '')
      return new Response()
    })
    await logIn(tab, site)
    const to = encodeURIComponent(`${site.app.origin}/elsewhere`)
    expect(await call(tab, `${site.issuer.origin}/moved?to=${to}`)).toEqual({ code: 'redirected' })
    expect(await call(tab, `${site.app.origin}/elsewhere`)).toEqual({ code: 'api_not_declared' })
    expect(arrived).toEqual([])
  })
})

describeInBrowser('a request without an answer, diagnosed', () => {
  const around: SiteOptions['around'] = (handler) => async (request) => {
    const response = await handler(request)
    response.headers.delete('Access-Control-Allow-Origin')
    return response
  }
  test.override('siteOptions', { around })

  test('names the header that the server does not send', async ({ tab, site }) => {
    await open(tab, site)
    await tab.locator('#redirect').click()
    expect(await outcomeOf(tab)).toBe('network_failed')
    const hints = await (await pageOf(tab)).evaluate((page) => page.diagnose())
    expect(hints).toEqual([expect.stringContaining(`Access-Control-Allow-Origin: ${site.app.origin}`)])
  })
})

describeInBrowser('a request that the page’s own policy forbids, diagnosed', () => {
  test.override('siteOptions', { headers: { 'Content-Security-Policy': policy('https://other.example') } })

  test('names the directive that lacks the server', async ({ tab, site }) => {
    await open(tab, site)
    await tab.locator('#redirect').click()
    expect(await outcomeOf(tab)).toBe('network_failed')
    const hints = await (await pageOf(tab)).evaluate((page) => page.diagnose())
    expect(hints).toContainEqual(expect.stringContaining(`connect-src 'self' ${site.issuer.origin}`))
  })
})
