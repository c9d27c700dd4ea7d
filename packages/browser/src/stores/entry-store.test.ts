import { createManualClock, keyValueStoreCases, type ManualClock } from '@oauth-concierge/core/testing'
import { IDBDatabase, IDBFactory } from 'fake-indexeddb'
import { createStore } from 'idb-keyval'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEntryStore } from './entry-store.ts'
import {
  blockedIndexedDb,
  fillUp,
  hangingIndexedDb,
  type RawDatabase,
  stubIndexedDb,
} from './fake-database.test-support.ts'
import { createIndexedDbStore } from './indexed-db-store.ts'

let raw: RawDatabase

beforeEach(() => {
  raw = stubIndexedDb()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const operations = ['get', 'put', 'take', 'delete'] as const

describe('the IndexedDB store', () => {
  it.each(keyValueStoreCases(async () => createIndexedDbStore()))('$name', ({ run }) => run())

  it('shares its entries with every other store of the same database', async () => {
    const version = await createIndexedDbStore().put('key', 'value')
    expect(await createIndexedDbStore().get('key')).toEqual({ value: 'value', version })
    expect(await createIndexedDbStore({ database: 'other' }).get('key')).toBeUndefined()
  })

  it('keeps a proxy and an object with methods as the data they show', async () => {
    const value = new Proxy({ from: 'menu', open: () => undefined }, {})
    await createIndexedDbStore().put('key', value)
    expect((await createIndexedDbStore().get('key'))?.value).toEqual({ from: 'menu' })
  })

  it('opens the database when it is first used', async () => {
    const open = vi.spyOn(indexedDB, 'open')
    const store = createIndexedDbStore()
    expect(open).not.toHaveBeenCalled()
    await store.get('key')
    expect(open).toHaveBeenCalledOnce()
  })
})

describe('S03: an IndexedDB', () => {
  it.each(operations)('that is blocked fails to %s', async (operation) => {
    stubIndexedDb(blockedIndexedDb())
    await expect(createEntryStore()[operation]('key', 'value' as never)).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('SecurityError'),
    })
  })

  it.each(operations)('that never opens fails to %s within a second', async (operation) => {
    stubIndexedDb(hangingIndexedDb())
    const clock = createManualClock()
    const outcome = createEntryStore({ runtime: { clock } })[operation]('key', 'value' as never)
    const settled = vi.fn<() => void>()
    outcome.then(settled, settled)
    await clock.advance(0.95)
    expect(settled).not.toHaveBeenCalled()
    await clock.advance(0.05)
    await expect(outcome).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('TimeoutError'),
    })
  })

  it('that has opened while the page was busy is not given up', async () => {
    const clock = createManualClock()
    const outcome = createEntryStore({ runtime: { clock } }).put('key', 'value')
    await clock.advance(3)
    expect(await outcome).toBeDefined()
  })

  it('that opens too late does not do what was given up', async () => {
    const factory = new IDBFactory()
    let openLate = (): void => undefined
    stubIndexedDb({
      open: (name) => {
        const request = {} as IDBOpenDBRequest
        openLate = () => {
          const real = factory.open(name)
          real.onupgradeneeded = () => real.result.createObjectStore('entries')
          real.onsuccess = () => {
            Object.assign(request, { result: real.result })
            request.onsuccess?.(new Event('success'))
          }
        }
        return request
      },
    })
    const clock = createManualClock()
    const store = createEntryStore({ runtime: { clock } })
    const given = store.put('key', 'late')
    given.catch(() => undefined)
    await letTimeRunOut(clock)
    await expect(given).rejects.toMatchObject({ code: 'storage_failed' })
    openLate()
    expect(await store.get('key')).toBeUndefined()
  })

  it('that does not end a transaction has it aborted', async () => {
    const clock = createManualClock()
    const store = createEntryStore({ runtime: { clock } })
    await store.put('key', 'before')
    const release = await occupy()
    const outcome = store.put('key', 'after')
    outcome.catch(() => undefined)
    await letTimeRunOut(clock)
    await letTimeRunOut(clock)
    await expect(outcome).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining('TimeoutError'),
    })
    release()
    expect((await store.get('key'))?.value).toBe('before')
  })

  it('whose connection was closed is opened again', async () => {
    const store = createEntryStore()
    const begun = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await store.put('key', 'value')
    for (const db of begun.mock.contexts) (db as IDBDatabase).close()
    expect((await store.get('key'))?.value).toBe('value')
  })

  it('makes way for whoever deletes it, and begins anew', async () => {
    const store = createEntryStore()
    await store.put('key', 'value')
    await new Promise((resolve, reject) => {
      const deletion = indexedDB.deleteDatabase('concierge')
      deletion.onsuccess = resolve
      deletion.onblocked = reject
    })
    expect(await store.get('key')).toBeUndefined()
    expect(await store.put('key', 'value', { ifVersion: 0 })).toBeDefined()
  })
})

/** Lets more than the longest of all deadlines pass, and the turn after it. */
async function letTimeRunOut(clock: ManualClock): Promise<void> {
  await clock.advance(6)
  await clock.advance(6)
}

/** Another tab's transaction that goes on until it is released. */
async function occupy(): Promise<() => void> {
  const use = createStore('concierge', 'entries')
  let isReleased = false
  await new Promise<void>((begun) => {
    void use('readwrite', (entries) => {
      const goOn = (): void => {
        begun()
        if (!isReleased) entries.get('key').addEventListener('success', goOn)
      }
      goOn()
    })
  })
  return () => {
    isReleased = true
  }
}

describe('S02: a full IndexedDB', () => {
  it('says so, and keeps what it had', async () => {
    const store = createEntryStore()
    await store.put('key', 'before')
    fillUp()
    await expect(store.put('key', 'after')).rejects.toMatchObject({ code: 'storage_full' })
    expect((await store.get('key'))?.value).toBe('before')
  })

  it('is purged of what nobody will ever read, and of nothing else', async () => {
    const store = createEntryStore()
    await store.put('kept', 'value')
    await raw.set('damaged', { schema: 1, value: 'no version' })
    await raw.set('old', { version: 7, value: 'no schema' })
    await raw.set('later', { schema: 2, data: 'of a later release' })
    await store.purge()
    expect((await raw.entries()).map(([key]) => key)).toEqual(['kept', 'later'])
  })
})

describe('S04: an entry that', () => {
  const damaged: readonly (readonly [string, unknown])[] = [
    ['is a text', '{"schema":1,"ver'],
    ['is a number', 7],
    ['is null', null],
    ['has NUL bytes', '\u0000\u0000'],
    ['is another application’s', { user: 'somebody' }],
    ['has no version', { schema: 1, value: 'x' }],
    ['has a text for a version', { schema: 1, version: '7', value: 'x' }],
    ['has no value', { schema: 1, version: 7 }],
    ['is of an earlier schema', { schema: 0, version: 7, value: 'x' }],
  ]

  it.each(damaged)('%s counts as absent, is removed, and may be written over', async (_, entry) => {
    const store = createEntryStore()
    await raw.set('key', entry)
    expect(await store.get('key')).toBeUndefined()
    expect(await raw.entries()).toEqual([])
    await raw.set('key', entry)
    expect(await store.put('key', 'new', { ifVersion: 0 })).toBeDefined()
    await raw.set('key', entry)
    expect(await store.take('key')).toBeUndefined()
  })
})

describe('S06: an entry of a later release', () => {
  const later = { schema: 2, sealed: 'in a way nobody here knows' }

  beforeEach(() => raw.set('key', later))

  it('counts as absent and is left as it is', async () => {
    const store = createEntryStore()
    expect(await store.get('key')).toBeUndefined()
    expect(await store.take('key')).toBeUndefined()
    await store.delete('key', { ifVersion: 0 })
    expect(await raw.get('key')).toEqual(later)
  })

  it.each([{}, { ifVersion: 0 }])('is not written over, whatever the condition: %j', async (condition) => {
    await expect(createEntryStore().put('key', 'value', condition)).rejects.toMatchObject({
      code: 'storage_failed',
    })
    expect(await raw.get('key')).toEqual(later)
  })

  it('goes when it is deleted outright, as by a logout', async () => {
    await createEntryStore().delete('key')
    expect(await raw.entries()).toEqual([])
  })
})
