import { createMemoryStore, type KeyValueStore, StorageError } from '@oauth-concierge/core'
import { createManualClock } from '@oauth-concierge/core/testing'
import { describe, expect, it } from 'vitest'
import { createLoginTrail } from './login-trail.ts'

const broken: KeyValueStore = {
  atomic: true,
  get: () => Promise.reject(new StorageError('storage_failed', 'blocked')),
  put: () => Promise.reject(new StorageError('storage_failed', 'blocked')),
  take: () => Promise.reject(new StorageError('storage_failed', 'blocked')),
  delete: () => Promise.reject(new StorageError('storage_failed', 'blocked')),
}

/** Two tabs of one origin. */
const openTabs = () => {
  const clock = createManualClock()
  const shared = createMemoryStore()
  const openTab = (tab: KeyValueStore = createMemoryStore(), client = 'spa') =>
    createLoginTrail({ tab, shared }, clock, client)
  return { clock, openTab }
}

describe('L09: the loop breaker', () => {
  it('stops the login after three answers within a minute, and lets it begin again after one', async () => {
    const { clock, openTab } = openTabs()
    const trail = openTab()
    for (const _ of [1, 2, 3]) {
      await trail.check()
      await trail.noteReturn()
      await clock.advance(10)
    }
    await expect(trail.check()).rejects.toMatchObject({ name: 'UsageError', code: 'login_loop' })
    await clock.advance(29)
    await expect(trail.check()).rejects.toMatchObject({ code: 'login_loop' })
    await clock.advance(2)
    await trail.check()
  })

  it('counts each tab and each client by itself', async () => {
    const { openTab } = openTabs()
    const tab = createMemoryStore()
    const looping = openTab(tab)
    for (const _ of [1, 2, 3]) await looping.noteReturn()
    await openTab().check()
    await openTab(tab, 'other').check()
    await expect(openTab(tab).check()).rejects.toMatchObject({ code: 'login_loop' })
  })

  it('C03: does not block for a day because the clock was set back', async () => {
    const { clock, openTab } = openTabs()
    const trail = openTab()
    for (const _ of [1, 2, 3]) await trail.noteReturn()
    clock.setWallTime(clock.wallTime() / 1000 - 86_400)
    await trail.check()
  })

  it('does without, where the storage fails or holds something else', async () => {
    const { openTab } = openTabs()
    const failing = openTab(broken)
    for (const _ of [1, 2, 3, 4]) await failing.noteReturn()
    await failing.check()
    const tab = createMemoryStore()
    await tab.put('concierge:returns:spa', 'nonsense')
    await openTab(tab).check()
  })
})

describe('where a login was to end', () => {
  it('is known in the tab it began in, and in any other for a quarter of an hour', async () => {
    const { clock, openTab } = openTabs()
    const [first, second] = [openTab(), openTab()]
    await first.begin('/orders')
    expect([await first.hasBegun(), await second.hasBegun()]).toEqual([true, false])
    await clock.advance(899)
    await expect(second.end()).resolves.toBe('/orders')
    await expect(openTab().end()).resolves.toBe(undefined)
  })

  it('L05: is each tab’s own where two log in at once', async () => {
    const { openTab } = openTabs()
    const [first, second] = [openTab(), openTab()]
    await first.begin('/orders')
    await second.begin('/bills')
    await expect(first.end()).resolves.toBe('/orders')
    await expect(second.end()).resolves.toBe('/bills')
  })

  it('is forgotten once it is taken, once it is old, and where it is no path', async () => {
    const { clock, openTab } = openTabs()
    const tab = createMemoryStore()
    const trail = openTab(tab)
    await trail.begin('/orders')
    await trail.end()
    await expect(trail.end()).resolves.toBe(undefined)
    await trail.begin('/orders')
    await clock.advance(901)
    await expect(trail.end()).resolves.toBe(undefined)
    await tab.put('concierge:target:spa', { returnTo: 7, at: clock.wallTime() })
    await expect(trail.end()).resolves.toBe(undefined)
  })
})
