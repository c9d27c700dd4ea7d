import { expect } from 'vitest'
import { test as bffTest } from './support/bff-test.ts'
import { launchChromium } from './support/launch-chromium.ts'
import { describeInBrowser } from './support/test.ts'
import type { Visitor } from './support/visitor.ts'

/** Tests in a browser that keeps pages for the back button, which those for tests do not. */
const test = bffTest.extend('browser', { scope: 'file' }, async ({ chromium }, { onCleanup }) => {
  const browser = await launchChromium(chromium, ['--disable-back-forward-cache'])
  onCleanup(() => browser.close())
  return browser
})

describeInBrowser('L03: a page from the back/forward cache', () => {
  /** Leaves the page for another of the application's, and comes back by the back button; gives whether the page itself came back. */
  const comeBack = async (visitor: Visitor, meanwhile: () => Promise<void>): Promise<boolean> => {
    const { page } = visitor
    const origin = await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }))
      return location.origin
    })
    await page.goto(`${origin}/icon.svg`)
    await meanwhile()
    await visitor.turnTo()
    await page.evaluate(() => setTimeout(() => history.back()))
    await page.waitForURL(`${origin}/`, { waitUntil: 'commit' })
    return page.evaluate(() => (globalThis as { persisted?: boolean }).persisted === true)
  }

  test('asks again, and shows a logout of which no news reached it', async ({ visitor, secondTab }) => {
    await visitor.open()
    await visitor.logIn()
    await secondTab.page.addInitScript(() => Reflect.deleteProperty(globalThis, 'BroadcastChannel'))
    const isCached = await comeBack(visitor, async () => {
      await secondTab.open()
      await secondTab.logOut()
    })
    expect(isCached).toBe(true)
    await visitor.isWelcomed()
  })

  test('shows a logout of which there was news', async ({ visitor, secondTab }) => {
    await visitor.open()
    await visitor.logIn()
    await comeBack(visitor, async () => {
      await secondTab.open()
      await secondTab.logOut()
    })
    await visitor.isWelcomed()
  })

  test('goes on after a login that was given up', async ({ visitor }) => {
    await visitor.open()
    await visitor.press('Log in')
    const { page } = visitor
    await page.getByLabel('Password').waitFor()
    await page.evaluate(() => void setTimeout(() => history.back()))
    await visitor.isWelcomed()
    await visitor.press('Log in')
    await visitor.signIn()
    await visitor.decide('Allow')
    await visitor.isGreeted()
  })
})
