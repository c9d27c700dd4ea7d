import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { leaveBy, logInTab, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

const statusIn = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.auth.session.status)
const call = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.call())

describeInEngines('L03: a page that is left and come back to', (engine) => {
  let browser: RigBrowser

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())

  const until = (tab: RigPage, look: () => boolean): Promise<true> =>
    vi.waitUntil(() => tab.evaluate(look).catch(() => false as const), 10_000)
  /** The tab's storage remembers whether the very page was restored, even where it is then loaded anew. */
  const leave = async (tab: RigPage): Promise<void> => {
    await tab.evaluate(() =>
      addEventListener('pageshow', ({ persisted }) => sessionStorage.setItem('restored', String(persisted))),
    )
    // Not by the driver: that of Firefox waits for a load that was none, where the page was restored.
    await tab.evaluate(() => void setTimeout(() => document.querySelector<HTMLElement>('#away')?.click()))
    await until(tab, () => document.querySelector('#elsewhere') !== null)
  }
  const goBack = async (tab: RigPage): Promise<void> => {
    await tab.back()
    await until(tab, () => 'tabs' in window)
  }
  const isRestored = (tab: RigPage): Promise<boolean> =>
    tab.evaluate(() => sessionStorage.getItem('restored') === 'true')
  // Firefox restores no page that has held a Web Lock or a shared worker.
  const isRestoredByEngine = (store: string): boolean =>
    engine !== 'firefox' || !['session', 'worker'].includes(store)

  const logOutElsewhere = async (world: TabsWorld, store: string): Promise<void> => {
    const other = await browser.newPage()
    await other.goto(world.address(store))
    if ((await startTab(other)) === 'anonymous') expect(await leaveBy(other, '#login')).toBe('authenticated')
    expect(await leaveBy(other, '#logout')).toBe('anonymous')
    await other.close()
  }

  it.each([
    ['memory', 'hears of it', []],
    ['session', 'hears of it', []],
    ['encrypted', 'hears of it', []],
    ['worker', 'hears of it', []],
    ['memory', 'cannot hear of it', ['BroadcastChannel']],
    ['session', 'cannot hear of it', ['BroadcastChannel']],
    ['encrypted', 'cannot hear of it', ['BroadcastChannel']],
  ] as const)('has its session (%s), and not after a logout elsewhere: %s', async (store, _, missing) => {
    const world = await startTabsWorld('strict', { missing })
    const tab = await browser.newPage()
    await logInTab(tab, world.address(store))
    await leave(tab)
    await goBack(tab)
    expect(await isRestored(tab)).toBe(isRestoredByEngine(store))
    // Its shared worker may have ended where the page was not restored.
    if ((await startTab(tab)) === 'anonymous') expect(await leaveBy(tab, '#login')).toBe('authenticated')
    expect(await call(tab)).toBe('200')

    await leave(tab)
    await logOutElsewhere(world, store)
    await goBack(tab)
    await until(tab, () => {
      if (!('tabs' in window)) return false
      void window.tabs.auth.start()
      return window.tabs.auth.session.status === 'anonymous'
    })
    expect(await call(tab)).toBe('login_required')
    expect(world.faults).toEqual([])
    await tab.close()
    await world.close()
  })
})

describeInEngines(
  'a tab that is frozen while it renews the session in the page',
  (engine) => {
    it(
      'holds nobody up for long and logs nobody out, and goes on when it wakes',
      { timeout: 120_000 },
      async () => {
        const browser = await openBrowser(engine)
        const world = await startTabsWorld('strict')
        const frozen = await browser.newPage()
        await logInTab(frozen, world.address('encrypted'))
        const others = [await browser.newPage(), await browser.newPage()]
        for (const tab of others) {
          await tab.goto(world.address('encrypted'))
          expect(await startTab(tab)).toBe('authenticated')
        }
        expect(await Promise.all([frozen, ...others].map(call))).toEqual(['200', '200', '200'])
        world.refuseOldTokens()
        const refresh = world.holdRefresh('after')
        const answer = call(frozen)
        await refresh.held
        const wake = await frozen.holdStill()
        refresh.release()
        // The lock's patience ends before the request of the frozen tab counts as lost.
        expect(await Promise.all(others.map(call))).toEqual([
          'refresh_outcome_unknown',
          'refresh_outcome_unknown',
        ])
        expect(await Promise.all(others.map(statusIn))).toEqual(['authenticated', 'authenticated'])
        await wake()
        expect(await answer).toBe('200')
        expect(await Promise.all(others.map(call))).toEqual(['200', '200'])
        expect(world.refreshes()).toBe(1)
        expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
        expect(world.faults).toEqual([])
        await browser.close()
        await world.close()
      },
    )
  },
  // The only one whose driver freezes pages.
  ['chromium'],
)
