import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import {
  isSession,
  knowUser,
  open,
  outcomeOf,
  pageOf,
  signIn,
  test,
  wordsIn,
} from './support/lifecycle-test.ts'
import { policy } from './support/lifecycle-site.ts'
import { describeInBrowser } from './support/test.ts'

const inFrame = async (tab: Page): Promise<string> =>
  (await pageOf(tab)).evaluate((page) => page.logIn(page.agents.iframe))

/** How often the authorization server was asked without a page. */
const countSilent = (context: BrowserContext): { readonly times: () => number } => {
  let times = 0
  context.on('request', (request) => (times += request.url().includes('prompt=none') ? 1 : 0))
  return { times: () => times }
}

describeInBrowser('L08: a silent login in a frame of the same site', () => {
  test.override('siteOptions', { isSameSite: true, settings: { frameTimeout: 2_000 } })

  test('gives the session, and leaves no frame and no history', async ({ tab, site, context }) => {
    await knowUser(context, site)
    await open(tab, site, '/here')
    const before = await tab.evaluate(() => history.length)
    expect(await inFrame(tab)).toBe('done')
    await isSession(tab, 'authenticated')
    expect(await tab.locator('iframe').count()).toBe(0)
    expect(await tab.evaluate(() => history.length)).toBe(before)
    expect(tab.url()).toBe(`${site.app.origin}/here`)
  })

  test('says what the server says where the user would have to log in', async ({ tab, site }) => {
    await open(tab, site)
    expect(await inFrame(tab)).toBe('authorization_refused: login_required')
    await isSession(tab, 'anonymous')
  })
})

describeInBrowser('L08: a silent login whose server shows a page, which no frame may show', () => {
  const habits = { promptNoneShowsPage: true } as const
  test.override('siteOptions', { isSameSite: true, habits, settings: { frameTimeout: 2_000 } })

  test('ends in time with a code, and names the headers', async ({ tab, site }) => {
    await open(tab, site)
    expect(await inFrame(tab)).toBe('timed_out')
    const words = await wordsIn(tab)
    expect(words).toContain('X-Frame-Options')
    expect(words).toContain(`frame-ancestors must name ${site.app.origin}`)
    expect(words).toContain("frame-ancestors 'self'")
  })
})

describeInBrowser('L08: a silent login whose relay page may not be framed', () => {
  const relayHeaders = { 'X-Frame-Options': 'DENY' }
  test.override('siteOptions', { isSameSite: true, relayHeaders, settings: { frameTimeout: 2_000 } })

  test('ends in time with a code, and names the header', async ({ tab, site, context }) => {
    await knowUser(context, site)
    await open(tab, site)
    expect(await inFrame(tab)).toBe('timed_out')
    expect(await wordsIn(tab)).toContain(`/relay.html may not be framed`)
  })
})

describeInBrowser('L08: a silent login in a page whose own policy forbids frames', () => {
  const headers = { 'Content-Security-Policy': policy('http://localhost:*').replace(/frame-src [^;]*;/, '') }
  test.override('siteOptions', { isSameSite: true, headers })

  test('says so at once, and which header to set', async ({ tab, site }) => {
    await open(tab, site)
    expect(await inFrame(tab)).toBe('frame_not_possible')
    expect(await wordsIn(tab)).toContain(`frame-src 'self' ${site.issuer.origin}`)
  })
})

describeInBrowser('L08: a silent login at a server on another site', () => {
  test('says at once that it cannot work, and asks nothing', async ({ tab, site, context }) => {
    const silent = countSilent(context)
    await open(tab, site)
    expect(await inFrame(tab)).toBe('frame_not_possible')
    expect(await wordsIn(tab)).toContain('sameSite: true')
    expect(silent.times()).toBe(0)
  })
})

describeInBrowser('a page that looks for its session at the server', () => {
  test.override('siteOptions', { isSameSite: true, settings: { silentRestore: true, frameTimeout: 2_000 } })

  test('has it again after a reload, and was never anonymous', async ({ tab, site, context }) => {
    const silent = countSilent(context)
    await open(tab, site)
    await isSession(tab, 'anonymous')
    expect(silent.times()).toBe(0)
    await tab.locator('#redirect').click()
    await signIn(tab)
    await isSession(tab, 'authenticated')
    await tab.evaluate(() => history.replaceState({}, ''))
    await open(tab, site, '/there')
    await isSession(tab, 'authenticated')
    expect(silent.times()).toBe(1)
    expect(await tab.evaluate(() => history.state.statuses)).toEqual(['restoring', 'authenticated'])
  })

  test('does not look again where the server knows nobody any more', async ({ tab, site, context }) => {
    const silent = countSilent(context)
    await open(tab, site)
    await tab.locator('#redirect').click()
    await signIn(tab)
    await isSession(tab, 'authenticated')
    await context.clearCookies()
    await open(tab, site)
    await isSession(tab, 'anonymous')
    await open(tab, site)
    await isSession(tab, 'anonymous')
    expect(silent.times()).toBe(1)
  })

  test('does not look after a logout', async ({ tab, site, context }) => {
    const silent = countSilent(context)
    await open(tab, site)
    await tab.locator('#redirect').click()
    await signIn(tab)
    await isSession(tab, 'authenticated')
    await (await pageOf(tab)).evaluate(({ auth }) => void auth.logout())
    await tab.waitForURL(`${site.app.origin}/`)
    await isSession(tab, 'anonymous')
    await knowUser(context, site)
    await open(tab, site)
    await isSession(tab, 'anonymous')
    expect(silent.times()).toBe(0)
    expect(await outcomeOf(tab)).toBe('none')
  })
})
