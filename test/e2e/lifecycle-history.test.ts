import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { launchChromium } from './support/launch-chromium.ts'
import { isSession, open, pageOf, signIn, test, untilStarted } from './support/lifecycle-test.ts'
import { describeInBrowser } from './support/test.ts'
import { openUnwatched } from './support/unwatched-chromium.ts'

const codes = { endpoint: 'token', grantType: 'authorization_code' } as const

/** A browser that keeps pages in its back-forward cache, as users have it. */
const cached = test.extend('context', async ({ chromium }, { onCleanup }) => {
  const browser = await launchChromium(chromium, ['--disable-back-forward-cache'])
  onCleanup(() => browser.close())
  return browser.newContext()
})

const logIn = async (tab: Page): Promise<void> => {
  await tab.locator('#redirect').click()
  await signIn(tab)
  await isSession(tab, 'authenticated')
}

/** Leaves the page by a link, so that it goes into the cache. */
const leave = async (tab: Page): Promise<void> => {
  await tab.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
    Object.assign(globalThis, { mark: 'this very page' })
  })
  await tab.locator('a').click()
  await tab.getByText('Another page of the site').waitFor()
}

const goBack = async (tab: Page): Promise<void> => {
  await tab.evaluate(() => void history.back()).catch(() => undefined)
  await tab.locator('#redirect').waitFor()
}

/** Whether the page is the one that was left, come back to life. */
const isRestored = (tab: Page): Promise<boolean> =>
  tab.evaluate(() => {
    const { mark, persisted } = globalThis as { mark?: string; persisted?: boolean }
    return mark !== undefined && persisted === true
  })

describeInBrowser('L03: a page that comes back from the back-forward cache', () => {
  cached('has its session still', async ({ tab, site }) => {
    await open(tab, site)
    await logIn(tab)
    await leave(tab)
    await goBack(tab)
    expect(await isRestored(tab)).toBe(true)
    await isSession(tab, 'authenticated')
    const page = await pageOf(tab)
    const call = page.evaluate(
      async ({ auth }, api) => (await auth.fetch(`${api}/resource`)).status,
      site.issuer.origin,
    )
    expect(await call).toBe(200)
  })

  cached('shows nobody’s identity after a logout elsewhere', async ({ tab, site, context }) => {
    await open(tab, site)
    await logIn(tab)
    await leave(tab)
    const second = await context.newPage()
    await open(second, site)
    await second.locator('#redirect').click()
    await isSession(second, 'authenticated')
    await (await pageOf(second)).evaluate(({ auth }) => void auth.logout())
    await isSession(second, 'anonymous')
    await tab.bringToFront()
    await goBack(tab)
    await isSession(tab, 'anonymous')
  })

  cached(
    'can begin its login anew, when the user came back from the server without one',
    async ({ tab, site }) => {
      await open(tab, site)
      await tab.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
        Object.assign(globalThis, { mark: 'this very page' })
      })
      await tab.locator('#redirect').click()
      await tab.getByLabel('Username').waitFor()
      await goBack(tab)
      expect(await isRestored(tab)).toBe(true)
      await isSession(tab, 'anonymous')
      const page = await pageOf(tab)
      // The promise of the login that was left comes to its end.
      expect(await page.evaluate(({ outcome }) => outcome)).toBe('done')
      await logIn(tab)
    },
  )
})

describeInBrowser('L02: the back button to the callback', () => {
  test('finds a clean address, and asks for no second token', async ({ tab, site, context }) => {
    const callbacks: string[] = []
    context.on('request', (request) => {
      if (request.url().startsWith(`${site.app.origin}/?code=`)) callbacks.push(request.url())
    })
    await open(tab, site)
    await logIn(tab)
    await tab.locator('a').click()
    await tab.goto(callbacks[0] ?? '')
    await untilStarted(tab)
    expect(await tab.locator('body').getAttribute('data-started')).toBe('started')
    expect(tab.url()).toBe(`${site.app.origin}/`)
    expect(site.authorizationServer.ledger.count(codes)).toBe(1)
    expect(site.authorizationServer.ledger.countEvents('code_replayed')).toBe(0)
  })
})

describeInBrowser('L11: a callback that is rendered ahead of time, as for a link preview', () => {
  const headers = { 'Content-Security-Policy': `script-src 'self' 'inline-speculation-rules'` }
  test.override('siteOptions', { headers })

  test('spends its code only once somebody looks at it', async ({ chromium, site, onTestFinished }) => {
    const { app, authorizationServer, seen, routes } = site
    let giveWord = (): void => undefined
    const word = new Promise<void>((resolve) => (giveWord = resolve))
    routes.set('/sign-in', async ({ url }) => {
      const request = new URL(url).searchParams.get('url') ?? ''
      return new Response((await authorizationServer.signIn({ url: request, username: 'ada' })).href)
    })
    routes.set('/word', async () => word.then(() => new Response()))
    onTestFinished(openUnwatched(chromium, `${app.origin}/ahead`))
    await expect.poll(() => seen, { timeout: 20_000 }).toContain('half a second later')
    expect(authorizationServer.ledger.count({ endpoint: 'token' })).toBe(0)
    expect(seen).not.toContain('authenticated')
    giveWord()
    await expect.poll(() => seen, { timeout: 10_000 }).toContain('authenticated')
    expect(seen.filter((what) => what.startsWith('callback'))).toEqual(['callback, ahead of time'])
    expect(authorizationServer.ledger.count({ ...codes, status: 200 })).toBe(1)
  })
})
