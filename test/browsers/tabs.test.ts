import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { logInTab, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

/** How many rotations ten tabs live through. */
const rounds = Number(process.env['CONCIERGE_TAB_ROUNDS'] ?? 100)

describeInEngines('tabs that share a session', (engine) => {
  let browser: RigBrowser
  let world: TabsWorld

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    world = await startTabsWorld('strict')
  })
  afterEach(() => world.close())

  /** Tabs of one logged-in user. */
  const openTabs = async (store: string, count: number): Promise<readonly RigPage[]> => {
    const first = await browser.newPage()
    await logInTab(first, world.address(store))
    const others = []
    while (others.length < count - 1) {
      const page = await browser.newPage()
      await page.goto(world.address(store))
      expect(await startTab(page)).toBe('authenticated')
      others.push(page)
    }
    return [first, ...others]
  }
  const callAll = (tabs: readonly RigPage[]): Promise<readonly string[]> =>
    Promise.all(tabs.map((tab) => tab.evaluate(() => window.tabs.call())))
  const closeAll = (tabs: readonly RigPage[]): Promise<unknown> => Promise.all(tabs.map((tab) => tab.close()))

  it.each(['encrypted', 'local', 'worker', 'worker-encrypted'])(
    `10 tabs, ${rounds} rotations, strict server: one refresh each, nothing revoked (%s)`,
    { timeout: 240_000 },
    async (store) => {
      const tabs = await openTabs(store, 10)
      expect(new Set(await callAll(tabs))).toEqual(new Set(['200']))
      for (let round = 1; round <= rounds; round += 1) {
        world.refuseOldTokens()
        expect(new Set(await callAll(tabs)), `round ${round}`).toEqual(new Set(['200']))
        expect(world.refreshes(), `round ${round}`).toBe(round)
      }
      expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
      await closeAll(tabs)
    },
  )

  it.each(['before', 'after'] as const)(
    'the tab that refreshes is closed %s the server commits: with a worker nobody is logged out (R03, R05)',
    async (when) => {
      const [doomed, ...others] = (await openTabs('worker', 4)) as [RigPage, ...RigPage[]]
      await callAll([doomed, ...others])
      world.refuseOldTokens()
      const refresh = world.holdRefresh(when)
      void doomed.evaluate(() => window.tabs.call()).catch(() => undefined)
      await refresh.held
      await doomed.close()
      refresh.release()
      expect(new Set(await callAll(others))).toEqual(new Set(['200']))
      expect(world.refreshes()).toBe(1)
      expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
      await closeAll(others)
    },
  )

  it('a logout in one tab reaches all the others, and a login as well', async () => {
    const tabs = await openTabs('worker', 3)
    const [first, ...others] = tabs as [RigPage, ...RigPage[]]
    await first.evaluate(() => void window.tabs.auth.logout())
    for (const tab of others) {
      const status = await tab.evaluate(async () => {
        const { auth } = window.tabs
        while (auth.session.status !== 'anonymous')
          await new Promise((later) => auth.subscribe(() => later(0)))
        return auth.session.status
      })
      expect(status).toBe('anonymous')
    }
    await closeAll(tabs)
  })
})
