import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { leaveBy, logInTab, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

/** How many rotations ten tabs live through; fewer in the engines whose driver is slow. */
const mostRounds = Number(process.env['CONCIERGE_TAB_ROUNDS'] ?? 100)

describeInEngines('tabs that share a session', (engine) => {
  const rounds = engine === 'chromium' ? mostRounds : Math.min(mostRounds, 10)
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
      const [answer, ...differing] = new Set(await callAll(others))
      expect(differing).toEqual([])
      // In WebKit a shared worker may die with the tab that it began in: another takes its place, and the user logs in anew.
      expect(engine === 'webkit' ? ['200', 'login_required'] : ['200']).toContain(answer)
      expect(world.refreshes()).toBe(1)
      expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
      await closeAll(others)
    },
  )

  it('a logout in one tab reaches all the others, and so does the next login', async () => {
    const tabs = await openTabs('worker', 3)
    const [first, ...others] = tabs as [RigPage, ...RigPage[]]
    const show = (status: string): Promise<unknown> =>
      Promise.all(
        others.map((tab) =>
          tab.evaluate(async (status) => {
            const { auth } = window.tabs
            while (auth.session.status !== status)
              await new Promise<void>((changed) => {
                const stop = auth.subscribe(() => (stop(), changed()))
              })
          }, status),
        ),
      )
    // The user is logged out at the server as well, before the next login.
    expect(await leaveBy(first, '#logout')).toBe('anonymous')
    await show('anonymous')
    await logInTab(first, world.address('worker'))
    await show('authenticated')
    expect(new Set(await callAll(others))).toEqual(new Set(['200']))
    await closeAll(tabs)
  })
})

describeInEngines('the tab that refreshes', (engine) => {
  let browser: RigBrowser

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())

  /** Two tabs of a world; the first is closed after the server has carried out its refresh, and before the answer is there. */
  const closeInTheMidst = async (world: TabsWorld, store: string): Promise<RigPage> => {
    const doomed = await browser.newPage()
    await logInTab(doomed, world.address(store))
    const other = await browser.newPage()
    await other.goto(world.address(store))
    await startTab(other)
    await doomed.evaluate(() => window.tabs.call())
    world.refuseOldTokens()
    const refresh = world.holdRefresh('after')
    void doomed.evaluate(() => window.tabs.call()).catch(() => undefined)
    await refresh.held
    await doomed.close()
    refresh.release()
    return other
  }
  const callUntilAnswered = (tab: RigPage): Promise<string> =>
    tab.evaluate(async () => {
      let answer = await window.tabs.call()
      while (answer === 'refresh_outcome_unknown') answer = await window.tabs.call()
      return answer
    })

  it('in the page, and its answer with it, costs one clean login at a strict server (R05)', async () => {
    const world = await startTabsWorld('strict')
    const other = await closeInTheMidst(world, 'encrypted')
    expect(await callUntilAnswered(other)).toBe('session_expired')
    expect(await other.evaluate(() => window.tabs.auth.session.status)).toBe('expired')
    expect(world.refreshes()).toBe(2)
    await world.close()
  })

  it('in the page, and its answer with it, costs nothing where the server has a grace window (R05)', async () => {
    const world = await startTabsWorld({ grace: 60 })
    const other = await closeInTheMidst(world, 'encrypted')
    expect(await callUntilAnswered(other)).toBe('200')
    await world.close()
  })
})

describeInEngines(
  'the only tab, reloaded while its session is renewed',
  (engine) => {
    it('finds it in the worker, which has outlived the page', async () => {
      const browser = await openBrowser(engine)
      const world = await startTabsWorld('strict')
      const only = await browser.newPage()
      await logInTab(only, world.address('worker'))
      await only.evaluate(() => window.tabs.call())
      world.refuseOldTokens()
      const refresh = world.holdRefresh('after')
      void only.evaluate(() => window.tabs.call()).catch(() => undefined)
      await refresh.held
      await only.reload()
      refresh.release()
      expect(await startTab(only)).toBe('authenticated')
      expect(await only.evaluate(() => window.tabs.call())).toBe('200')
      expect(world.refreshes()).toBe(1)
      await browser.close()
      await world.close()
    })
  },
  // The only one whose shared workers may outlive their pages.
  ['chromium'],
)
