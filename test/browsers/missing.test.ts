import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import type { AppOptions } from './rig/serve-app.ts'
import { leaveBy, logInTab, signIn, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

describeInEngines('a browser that lacks something', (engine) => {
  let browser: RigBrowser

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())

  const within = async (
    options: AppOptions,
    work: (world: TabsWorld, tab: RigPage) => Promise<void>,
  ): Promise<void> => {
    const world = await startTabsWorld('strict', options)
    const tab = await browser.newPage()
    await work(world, tab)
    expect(world.faults).toEqual([])
    await tab.close()
    await world.close()
  }
  const another = async (world: TabsWorld, store: string): Promise<RigPage> => {
    const tab = await browser.newPage()
    await tab.goto(world.address(store))
    expect(await startTab(tab)).toBe('authenticated')
    return tab
  }
  const call = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.call())
  const statusIn = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.auth.session.status)
  const degradedIn = (tab: RigPage): Promise<readonly string[]> =>
    tab.evaluate(() => window.tabs.events.filter((event) => event.startsWith('degraded')))

  it.each(['encrypted', 'local'])(
    'such as IndexedDB has the tokens of the store %s in memory, and says so once',
    async (store) => {
      await within({ missing: ['indexedDB'] }, async (world, tab) => {
        await logInTab(tab, world.address(store))
        expect(await statusIn(tab)).toBe('authenticated')
        expect(await call(tab)).toBe('200')
        world.refuseOldTokens()
        expect(await call(tab)).toBe('200')
        expect(world.refreshes()).toBe(1)
        expect(await degradedIn(tab)).toHaveLength(1)
      })
    },
  )

  it('such as IndexedDB has the tokens of a worker in its memory, and every tab learns it once', async () => {
    await within({ missing: ['indexedDB'] }, async (world, tab) => {
      await tab.goto(world.address('worker-encrypted'))
      await startTab(tab)
      // In a window, so that the worker, which has the login in memory as well, is not left by its only page.
      await signIn(await tab.openedBy(() => tab.click('#popup')))
      expect(await tab.evaluate(() => window.tabs.popup)).toBe('done')
      const tabs = [tab, await another(world, 'worker-encrypted')]
      expect(await Promise.all(tabs.map(call))).toEqual(['200', '200'])
      world.refuseOldTokens()
      expect(await Promise.all(tabs.map(call))).toEqual(['200', '200'])
      expect(world.refreshes()).toBe(1)
      for (const each of tabs) expect(await degradedIn(each)).toHaveLength(1)
      await tabs.at(-1)?.close()
    })
  })

  it.each(['session', 'encrypted', 'local'])(
    'S03: such as all storage, in a frame without an origin, has the store %s in memory, and says so once',
    async (store) => {
      await within({}, async (world, tab) => {
        await tab.goto(world.framed(store))
        const found = await tab.evaluate(() => {
          const frame = document.querySelector('iframe')?.contentWindow
          return new Promise<unknown>((resolve) => {
            addEventListener('message', ({ data }) => resolve(data))
            frame?.postMessage('report', '*')
          })
        })
        expect(found).toMatchObject({ status: 'anonymous', call: 'login_required', degraded: 1 })
      })
    },
  )

  it.each(['memory', 'encrypted'])(
    'S03: such as all storage does not begin a login by redirect, which it would not know again (%s)',
    async (store) => {
      const missing = ['indexedDB', 'sessionStorage', 'localStorage'] as const
      await within({ missing }, async (world, tab) => {
        await tab.goto(world.address(store))
        expect(await startTab(tab)).toBe('anonymous')
        const code = tab.evaluate(() => window.tabs.auth.login().catch(({ code }: { code: string }) => code))
        expect(await code).toBe('storage_failed')
        expect(await tab.url()).toBe(world.address(store))
        expect(await degradedIn(tab)).toHaveLength(store === 'memory' ? 0 : 1)
      })
    },
  )

  it.each(['encrypted', 'worker', 'worker-encrypted'])(
    'such as Web Locks still renews once for three tabs (%s)',
    async (store) => {
      await within({ missing: ['locks'] }, async (world, tab) => {
        await logInTab(tab, world.address(store))
        const tabs = [tab, await another(world, store), await another(world, store)]
        expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
        for (const round of [1, 2]) {
          world.refuseOldTokens()
          expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
          expect(world.refreshes()).toBe(round)
        }
        expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
        await Promise.all(tabs.slice(1).map((other) => other.close()))
      })
    },
  )

  it('such as Web Locks has tokens of the store session in memory, and says so once', async () => {
    await within({ missing: ['locks'] }, async (world, tab) => {
      await logInTab(tab, world.address('session'))
      expect(await statusIn(tab)).toBe('authenticated')
      expect(await call(tab)).toBe('200')
      expect(await degradedIn(tab)).toHaveLength(1)
    })
  })

  it.each(['encrypted', 'worker'])(
    'such as BroadcastChannel renews once for three tabs, and a logout is met at the next look (%s)',
    async (store) => {
      await within({ missing: ['BroadcastChannel'] }, async (world, tab) => {
        await logInTab(tab, world.address(store))
        const tabs = [tab, await another(world, store), await another(world, store)]
        expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
        world.refuseOldTokens()
        expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
        expect(world.refreshes()).toBe(1)
        expect(await leaveBy(tab, '#logout')).toBe('anonymous')
        const [, ...others] = tabs
        world.refuseOldTokens()
        expect(await Promise.all(others.map(call))).toEqual(['login_required', 'login_required'])
        expect(await Promise.all(others.map(statusIn))).toEqual(['anonymous', 'anonymous'])
        await Promise.all(others.map((other) => other.close()))
      })
    },
  )

  it.each([
    ['shared workers has one of its own in each tab', { missing: ['SharedWorker'] }, 'dedicated'],
    ['the file of the worker works in the page', { lacksWorkerFile: true }, 'none'],
  ] as const)('such as %s, and says so', async (_, options, worker) => {
    await within(options, async (world, tab) => {
      await logInTab(tab, world.address('worker-encrypted'))
      expect(await statusIn(tab)).toBe('authenticated')
      const tabs = [tab, await another(world, 'worker-encrypted'), await another(world, 'worker-encrypted')]
      expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
      world.refuseOldTokens()
      expect(await Promise.all(tabs.map(call))).toEqual(['200', '200', '200'])
      expect(world.refreshes()).toBe(1)
      expect((await degradedIn(tab)).at(-1)).toContain(`"worker":"${worker}"`)
      await Promise.all(tabs.slice(1).map((other) => other.close()))
    })
  })
})
