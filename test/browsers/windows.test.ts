import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { signIn, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

describeInEngines('a login window', (engine) => {
  let browser: RigBrowser

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())

  /** A page of the app, and the login window that it opened. */
  const openWindow = async (world: TabsWorld): Promise<{ tab: RigPage; opened: RigPage }> => {
    const tab = await browser.newPage()
    await tab.goto(world.address('memory'))
    await startTab(tab)
    return { tab, opened: await tab.openedBy(() => tab.click('#popup')) }
  }
  const outcomeIn = (tab: RigPage): Promise<string | undefined> => tab.evaluate(() => window.tabs.popup)

  it.each([
    ['of a page under Cross-Origin-Opener-Policy: same-origin (L06)', true],
    ['of a page without such a policy', false],
  ])('%s logs in beside it', async (_, isCutOff) => {
    const world = await startTabsWorld('strict', { isCutOff })
    const { tab, opened } = await openWindow(world)
    await signIn(opened)
    expect(await outcomeIn(tab)).toBe('done')
    expect(await tab.evaluate(() => window.tabs.auth.session.status)).toBe('authenticated')
    expect(await tab.evaluate(() => window.tabs.call())).toBe('200')
    expect(await tab.url()).toBe(world.address('memory'))
    expect(world.faults).toEqual([])
    await tab.close()
    await world.close()
  })

  it('that the user closes ends the login, and the next one is a click (L06)', async () => {
    const world = await startTabsWorld('strict')
    const { tab, opened } = await openWindow(world)
    await opened.fill('[name=username]', 'ada')
    // The page looks twice a second; it must have seen the window at the server. Its timers are slowed down together.
    await tab.evaluate(() => new Promise<void>((looked) => setTimeout(looked, 1_100)))
    await opened.close()
    expect(await outcomeIn(tab)).toBe('login_dismissed')
    expect(await tab.evaluate(() => window.tabs.auth.session.status)).toBe('anonymous')
    await signIn(await tab.openedBy(() => tab.click('#popup')))
    expect(await outcomeIn(tab)).toBe('done')
    await tab.close()
    await world.close()
  })
})
