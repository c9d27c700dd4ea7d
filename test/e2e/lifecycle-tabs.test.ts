import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { isSession, open, outcomeOf, pageOf, signIn, test, untilStarted } from './support/lifecycle-test.ts'
import type { SiteOptions } from './support/lifecycle-site.ts'
import { describeInBrowser } from './support/test.ts'

const codes = { endpoint: 'token', grantType: 'authorization_code' } as const

const logIn = async (tab: Page): Promise<void> => {
  await tab.locator('#redirect').click()
  await signIn(tab)
  await isSession(tab, 'authenticated')
}

/** How many logins have reached the authorization server, by their states. */
const countLogins = (context: BrowserContext): (() => number) => {
  const states = new Set<string | null>()
  context.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (pathname === '/authorize') states.add(searchParams.get('state'))
  })
  return () => states.size
}

describeInBrowser('a logout in one of three tabs with tokens of their own', () => {
  test('ends the session in all of them within a second', async ({ tab, site, context }) => {
    await open(tab, site)
    await logIn(tab)
    const others = [await context.newPage(), await context.newPage()]
    for (const other of others) {
      await open(other, site)
      await other.locator('#redirect').click()
      await isSession(other, 'authenticated')
    }
    const pages = await Promise.all(others.map(pageOf))
    const before = Date.now()
    await (await pageOf(tab)).evaluate(({ auth }) => void auth.logout())
    for (const other of others) await isSession(other, 'anonymous')
    for (const page of pages) {
      const at = await page.evaluate(
        ({ events }) => events.findLast(({ name }) => name === 'session')?.at ?? 0,
      )
      expect(at - before).toBeLessThan(1_000)
      expect(await page.evaluate(({ auth }) => auth.getAccessToken().catch(({ code }) => code))).toBe(
        'login_required',
      )
    }
    // Nobody is left with a refresh token that serves.
    await expect.poll(() => site.authorizationServer.ledger.countEvents('family_revoked')).toBe(3)
  })
})

describeInBrowser('a login that ends in another tab than it began in', () => {
  test('is begun once more there, without a word, and ends where it was to end', async ({
    tab,
    site,
    context,
  }) => {
    const logins = countLogins(context)
    await open(tab, site, '/orders?page=2')
    await tab.locator('#redirect').click()
    await tab.getByLabel('Username').waitFor()
    const second = await context.newPage()
    await second.goto(tab.url())
    await signIn(second)
    await isSession(second, 'authenticated')
    expect(second.url()).toBe(`${site.app.origin}/orders?page=2`)
    const { ledger } = site.authorizationServer
    expect(ledger.count({ ...codes, status: 200 })).toBe(1)
    expect(logins()).toBe(2)
  })
})

describeInBrowser('L01: a page that starts twice, as under React’s StrictMode', () => {
  test.override('siteOptions', { settings: { startsTwice: true } })

  test('finishes the login once, for both', async ({ tab, site }) => {
    await open(tab, site, '/orders')
    await logIn(tab)
    expect(await (await pageOf(tab)).evaluate(({ started }) => started)).toEqual(['/orders', '/orders'])
    expect(site.authorizationServer.ledger.count(codes)).toBe(1)
  })
})

describeInBrowser(
  'L09: a page that logs in whenever it sees no session, at a server whose codes are worth nothing',
  () => {
    const around: SiteOptions['around'] = (handler) => async (request) => {
      if (new URL(request.url).pathname !== '/token') return handler(request)
      const headers = { 'Access-Control-Allow-Origin': '*' }
      return Response.json({ error: 'invalid_grant' }, { status: 400, headers })
    }
    test.override('siteOptions', { around, settings: { logsInAtOnce: true } })

    test('comes to a stop after three attempts, with a code', async ({ tab, site, context }) => {
      const logins = countLogins(context)
      await tab.goto(site.app.origin)
      await signIn(tab)
      await tab.locator('body[data-message*="Three logins"]').waitFor()
      expect(await outcomeOf(tab)).toBe('login_loop')
      await untilStarted(tab)
      await expect.poll(() => tab.locator('body').getAttribute('data-started')).toContain('request_refused')
      expect(logins()).toBe(3)
    })
  },
)
