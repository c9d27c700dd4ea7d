import { keyValueStoreCases, createManualClock } from '@oauth-concierge/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { createStorageArea, entriesOf } from '../storage-area.test-support.ts'
import type { Tab } from './claim-tab.ts'
import { createTabStore } from './tab-store.ts'

interface Page {
  readonly store: ReturnType<typeof createTabStore>
  readonly storage: Storage
  /** Another store of the same page. */
  again(): Page['store']
  leave(): void
}

const clock = createManualClock()

/** A page that a tab with this storage shows. */
function openPage(storage: Storage): Page {
  const page: Tab['page'] = new EventTarget()
  const open = () =>
    createTabStore({ runtime: { clock }, tab: () => ({ storage, locks: navigator.locks, page }) })
  return { store: open(), storage, again: open, leave: () => page.dispatchEvent(new Event('pagehide')) }
}

/** What a browser does for a duplicated tab. */
function duplicate({ storage }: Page): Page {
  const copy = createStorageArea()
  for (const [key, text] of entriesOf(storage)) copy.setItem(key, text)
  return openPage(copy)
}

describe('the store of a tab', () => {
  it.each(keyValueStoreCases(async () => openPage(createStorageArea()).store))('$name', ({ run }) => run())

  it('lives on after a reload', async () => {
    const first = openPage(createStorageArea())
    await first.store.put('key', 'value')
    first.leave()
    const second = openPage(first.storage)
    expect((await second.store.get('key'))?.value).toBe('value')
    second.leave()
  })

  it('is there for a page that comes back from the back/forward cache', async () => {
    const first = openPage(createStorageArea())
    await first.store.put('key', 'value')
    first.leave()
    const second = openPage(first.storage)
    await second.store.put('key', 'newer')
    second.leave()
    expect((await first.store.get('key'))?.value).toBe('newer')
    expect(await duplicateLater(first)).toBeUndefined()
    first.leave()
  })

  it('waits for the page before to let go', async () => {
    const first = openPage(createStorageArea())
    await first.store.put('key', 'value')
    const second = openPage(first.storage)
    const value = second.store.get('key')
    await clock.advance(1.9)
    first.leave()
    expect((await value)?.value).toBe('value')
    second.leave()
  })

  it('is one for all who ask in the same page', async () => {
    const page = openPage(createStorageArea())
    await page.store.put('key', 'value')
    expect((await page.again().get('key'))?.value).toBe('value')
    page.leave()
  })
})

/** Lets the time to wait for the page before pass, and the turn after it. */
async function letTimeRunOut(): Promise<void> {
  await clock.advance(2)
  await clock.advance(2)
}

async function whenWaiting(): Promise<void> {
  await vi.waitFor(async () => expect((await navigator.locks.query()).pending).toHaveLength(1))
}

it('says that it needs Web Locks', async () => {
  vi.stubGlobal('navigator', {})
  await expect(createTabStore().get('key')).rejects.toMatchObject({
    code: 'storage_failed',
    message: expect.stringContaining('Web Locks'),
  })
  vi.unstubAllGlobals()
})

/** What a duplicate of the page’s tab finds, once it has waited long enough. */
async function duplicateLater(page: Page): Promise<unknown> {
  const copy = duplicate(page)
  const found = copy.store.get('key')
  await whenWaiting()
  await letTimeRunOut()
  return (await found)?.value
}

describe('L04: a duplicated tab', () => {
  it('begins with nothing, and leaves nothing of the copy behind', async () => {
    const first = openPage(createStorageArea())
    await first.store.put('key', 'a refresh token')
    const copy = duplicate(first)
    copy.storage.setItem('theme', 'dark')
    const found = copy.store.get('key')
    await whenWaiting()
    await letTimeRunOut()
    expect(await found).toBeUndefined()
    expect(entriesOf(copy.storage).join()).not.toContain('a refresh token')
    expect(copy.storage.getItem('theme')).toBe('dark')
    first.leave()
    copy.leave()
  })

  it('has a session of its own from then on, and so has the first', async () => {
    const first = openPage(createStorageArea())
    await first.store.put('key', 'of the first')
    const copy = duplicate(first)
    const written = copy.store.put('key', 'of the copy', { ifVersion: 0 })
    await whenWaiting()
    await letTimeRunOut()
    expect(await written).toBeDefined()
    copy.leave()
    const reloaded = openPage(copy.storage)
    expect((await reloaded.store.get('key'))?.value).toBe('of the copy')
    expect((await first.store.get('key'))?.value).toBe('of the first')
    first.leave()
    reloaded.leave()
  })
})
