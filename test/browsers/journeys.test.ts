import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TabsPage } from './pages/tabs-page.ts'
import { type Engine, describeInEngines, openBrowser } from './rig/engines.ts'
import type { RigBrowser, RigPage } from './rig/rig-page.ts'
import { leaveBy, logInTab, startTab, startTabsWorld, type TabsWorld } from './rig/tabs-world.ts'

declare global {
  interface Window {
    tabs: TabsPage
  }
}

const stores = ['memory', 'session', 'encrypted', 'local', 'worker', 'worker-encrypted'] as const

/** What the only tab of the origin may find after a reload, by the page about token stores. */
const afterReload = (store: (typeof stores)[number], engine: Engine): readonly string[] => {
  if (store === 'memory') return ['anonymous']
  // That a shared worker outlives its page is promised in Chromium only.
  if (store === 'worker' && engine !== 'chromium') return ['authenticated', 'anonymous']
  return ['authenticated']
}

const call = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.call())
const statusIn = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.auth.session.status)
const shownIn = (tab: RigPage): Promise<string> =>
  tab.evaluate(() => document.querySelector('#who')?.textContent ?? '')

/** Whatever the pages had to tell was told before this: one thing that the policy forbids, in the end. */
async function expectNoFaults(tab: RigPage, world: TabsWorld): Promise<void> {
  await tab.evaluate(() => void (new Image().src = 'http://forbidden.localhost/'))
  await vi.waitUntil(() => world.faults.some((fault) => fault.includes('forbidden.localhost')), 10_000)
  expect(world.faults.filter((fault) => !fault.includes('forbidden.localhost'))).toEqual([])
}

describeInEngines('a session', (engine) => {
  let browser: RigBrowser
  let world: TabsWorld
  let tab: RigPage

  beforeAll(async () => {
    browser = await openBrowser(engine)
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    world = await startTabsWorld('strict')
    tab = await browser.newPage()
  })
  afterEach(async () => {
    await tab.close()
    await world.close()
  })

  describe.each(stores)('in the store %s', (store) => {
    it('from login to logout, over a reload, under a strict policy', async () => {
      await logInTab(tab, world.address(store))
      expect(await statusIn(tab)).toBe('authenticated')
      expect(await shownIn(tab)).toBe('ada')
      expect(await tab.evaluate(() => window.tabs.auth.userInfo())).toMatchObject({ name: 'Ada Example' })
      expect(await call(tab)).toBe('200')

      await tab.reload()
      expect(afterReload(store, engine)).toContain(await startTab(tab))
      // The user is known to the server still.
      if ((await statusIn(tab)) === 'anonymous') expect(await leaveBy(tab, '#login')).toBe('authenticated')
      expect(await shownIn(tab)).toBe('ada')
      expect(await call(tab)).toBe('200')

      expect(await leaveBy(tab, '#logout')).toBe('anonymous')
      expect(await shownIn(tab)).toBe('')
      expect(await call(tab)).toBe('login_required')
      await logInTab(tab, world.address(store))
      expect(await statusIn(tab)).toBe('authenticated')
      await expectNoFaults(tab, world)
    })

    it('L04: a duplicate of its tab does not spend its refresh token', async () => {
      await logInTab(tab, world.address(store))
      const copy = await tab.openedBy(() => tab.click('#copy'))
      const isShared = !['memory', 'session'].includes(store)
      expect(await startTab(copy)).toBe(isShared ? 'authenticated' : 'anonymous')
      if (!isShared) expect(await leaveBy(copy, '#login')).toBe('authenticated')
      expect(await Promise.all([tab, copy].map(call))).toEqual(['200', '200'])
      world.refuseOldTokens()
      expect(await Promise.all([tab, copy].map(call))).toEqual(['200', '200'])
      expect(world.refreshes()).toBe(isShared ? 1 : 2)
      expect(world.authorizationServer.ledger.countEvents('family_revoked')).toBe(0)
      await copy.close()
    })
  })

  it('in the worker goes on after a reload while another tab is open', async () => {
    await logInTab(tab, world.address('worker'))
    const other = await browser.newPage()
    await other.goto(world.address('worker'))
    expect(await startTab(other)).toBe('authenticated')
    await other.reload()
    expect(await startTab(other)).toBe('authenticated')
    expect(await call(other)).toBe('200')
    await other.close()
  })
})

describeInEngines('a session bound to a key', (engine) => {
  it('goes on over a reload and in two tabs, and ends in both', async () => {
    const browser = await openBrowser(engine)
    const world = await startTabsWorld('strict', { isKeyBound: true })
    const callServer = (tab: RigPage): Promise<string> => tab.evaluate(() => window.tabs.callServer())
    const first = await browser.newPage()
    await logInTab(first, world.address('encrypted'))
    await first.reload()
    expect(await startTab(first)).toBe('authenticated')
    const second = await browser.newPage()
    await second.goto(world.address('encrypted'))
    expect(await startTab(second)).toBe('authenticated')
    const tabs = [first, second]
    expect(await Promise.all(tabs.map(callServer))).toEqual(['200', '200'])
    expect(await Promise.all(tabs.map(call))).toEqual(['200', '200'])
    world.refuseOldTokens()
    expect(await Promise.all(tabs.map(call))).toEqual(['200', '200'])
    expect(await Promise.all(tabs.map(callServer))).toEqual(['200', '200'])
    expect(world.refreshes()).toBe(1)

    expect(await leaveBy(first, '#logout')).toBe('anonymous')
    await vi.waitUntil(async () => (await statusIn(second)) === 'anonymous', 10_000)
    expect(await callServer(second)).toBe('login_required')
    await expectNoFaults(second, world)
    await browser.close()
    await world.close()
  })
})
