import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { LifecycleSite } from './support/lifecycle-site.ts'
import { isSession, open, outcomeOf, pageOf, signIn, test } from './support/lifecycle-test.ts'
import { describeInBrowser } from './support/test.ts'

const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const
const hour = 3_600

const logIn = async (tab: Page): Promise<void> => {
  await tab.locator('#redirect').click()
  await signIn(tab)
}

/** Time passes, for the server and the page alike. */
const letPass = async (tab: Page, site: LifecycleSite, seconds: number): Promise<void> => {
  site.authorizationServer.clock.advance(seconds)
  await tab.clock.fastForward(seconds * 1000)
}

/** As when the lid is opened: the page is seen again. */
const wake = (tab: Page): Promise<unknown> =>
  tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

describeInBrowser.for([
  ['fast', 180],
  ['slow', -180],
] as const)('C01: a device whose clock is three minutes %s', ([, seconds]) => {
  test('logs in, and renews', async ({ tab, site }) => {
    await tab.clock.install({ time: Date.now() + seconds * 1000 })
    await open(tab, site)
    await logIn(tab)
    await isSession(tab, 'authenticated')
    await letPass(tab, site, hour)
    const page = await pageOf(tab)
    const status = await page.evaluate(
      async ({ auth }, api) => (await auth.fetch(`${api}/resource`)).status,
      site.issuer.origin,
    )
    expect(status).toBe(200)
    expect(site.authorizationServer.ledger.count({ ...refresh, status: 200 })).toBe(1)
  })
})

describeInBrowser.for([
  ['fast', 2 * hour],
  ['slow', -2 * hour],
] as const)('C02: a device whose clock is two hours %s', ([, seconds]) => {
  test('is told so, by a code, and no login follows', async ({ tab, site }) => {
    await tab.clock.install({ time: Date.now() + seconds * 1000 })
    await open(tab, site)
    await logIn(tab)
    await tab.locator('body[data-started="clock_skew"]').waitFor()
    await isSession(tab, 'anonymous')
    expect(site.authorizationServer.ledger.count({ endpoint: 'token' })).toBe(1)
    expect(await outcomeOf(tab)).toBe('none')
  })
})

describeInBrowser('C05: a device that slept for eight hours', () => {
  test('has a fresh token before anybody asks, by one refresh', async ({ tab, site }) => {
    await tab.clock.install()
    await open(tab, site)
    await logIn(tab)
    await isSession(tab, 'authenticated')
    await letPass(tab, site, 8 * hour)
    expect(site.authorizationServer.ledger.count(refresh)).toBe(0)
    for (let times = 0; times < 5; times += 1) await wake(tab)
    await expect.poll(() => site.authorizationServer.ledger.count({ ...refresh, status: 200 })).toBe(1)
    const page = await pageOf(tab)
    await page.evaluate(({ auth }) => auth.getAccessToken())
    expect(site.authorizationServer.ledger.count(refresh)).toBe(1)
  })
})

describeInBrowser('N09: a network that comes and goes twenty times', () => {
  test('leads to one refresh, and the session is kept', async ({ tab, site, context }) => {
    await tab.clock.install()
    await open(tab, site)
    await logIn(tab)
    await isSession(tab, 'authenticated')
    await letPass(tab, site, hour)
    for (let times = 0; times < 20; times += 1) {
      await context.setOffline(true)
      await context.setOffline(false)
    }
    const page = await pageOf(tab)
    await expect
      .poll(async () => {
        await tab.clock.fastForward(30_000)
        return page.evaluate(({ auth }) =>
          auth.getAccessToken().then(
            () => 'fresh',
            ({ code }) => code,
          ),
        )
      })
      .toBe('fresh')
    expect(site.authorizationServer.ledger.count({ ...refresh, status: 200 })).toBe(1)
    expect(site.authorizationServer.ledger.countEvents('refresh_token_reused')).toBe(0)
    await isSession(tab, 'authenticated')
  })
})
