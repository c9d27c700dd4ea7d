import { createMemoryStore, type KeyValueStore, StorageError } from '@oauth-concierge/core'
import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { describe, expect, it, vi } from 'vitest'
import { withFallback } from './with-fallback.ts'

const blocked = new StorageError('storage_failed', 'blocked')
const full = new StorageError('storage_full', 'full')

type Faults = Partial<Record<keyof KeyValueStore, StorageError>>

/** A store that fails where it is told to. */
function createBreakableStore(broken: Faults = {}): KeyValueStore & { broken: Faults } {
  const store = createMemoryStore()
  const unless = async <Result>(
    operation: keyof KeyValueStore,
    work: () => Promise<Result>,
  ): Promise<Result> => {
    const fault = breakable.broken[operation]
    if (fault) throw fault
    return work()
  }
  const breakable = {
    broken,
    ...store,
    get: (key: string) => unless('get', () => store.get(key)),
    put: (...write: Parameters<KeyValueStore['put']>) => unless('put', () => store.put(...write)),
    take: (key: string) => unless('take', () => store.take(key)),
    delete: (...what: Parameters<KeyValueStore['delete']>) => unless('delete', () => store.delete(...what)),
  }
  return breakable
}

const allBroken = { get: blocked, put: blocked, take: blocked, delete: blocked }

describe('a store with a fallback', () => {
  it.each(keyValueStoreCases(async () => withFallback(createMemoryStore())))(
    'while it works: $name',
    ({ run }) => run(),
  )

  it.each(
    keyValueStoreCases(async () =>
      withFallback(Object.assign(createBreakableStore(), { broken: allBroken })),
    ),
  )('where it is blocked: $name', ({ run }) => run())

  it.each(keyValueStoreCases(async () => withFallback(createBreakableStore({ put: full }))))(
    'where it is full: $name',
    ({ run }) => run(),
  )

  it('leaves the fallback alone while it works', async () => {
    const fallback = createMemoryStore()
    const onDegraded = vi.fn<(reason: StorageError) => void>()
    const store = withFallback(createMemoryStore(), { fallback, onDegraded })
    await store.put('key', 'value')
    expect(await fallback.get('key')).toBeUndefined()
    expect(onDegraded).not.toHaveBeenCalled()
  })
})

describe('S03: where a store never worked', () => {
  it('everything goes to the fallback, and the reason is told once', async () => {
    const broken = createBreakableStore(allBroken)
    const onDegraded = vi.fn<(reason: StorageError) => void>()
    const store = withFallback(broken, { onDegraded })
    await Promise.all([store.get('a'), store.get('b'), store.put('c', 1)])
    await store.put('a', 1)
    expect((await store.get('a'))?.value).toBe(1)
    expect(onDegraded.mock.calls).toEqual([[blocked]])
  })

  it('it is asked no more, even if it works by then', async () => {
    const broken = createBreakableStore(allBroken)
    const store = withFallback(broken)
    await store.put('key', 'in memory')
    broken.broken = {}
    expect((await store.get('key'))?.value).toBe('in memory')
    expect(await broken.get('key')).toBeUndefined()
  })
})

describe('where a store worked before', () => {
  it.each(['get', 'take', 'delete'] as const)(
    '%s fails as the store does: others may have written since',
    async (operation) => {
      const broken = createBreakableStore()
      const onDegraded = vi.fn<(reason: StorageError) => void>()
      const store = withFallback(broken, { onDegraded })
      await store.put('key', 'value')
      broken.broken = allBroken
      await expect(store[operation]('key')).rejects.toBe(blocked)
      await expect(store.put('key', 'new')).rejects.toBe(blocked)
      expect(onDegraded).not.toHaveBeenCalled()
      broken.broken = {}
    },
  )

  it('an error that is not the store’s own goes through', async () => {
    const fault = new TypeError('a mistake')
    const store = withFallback({ ...createMemoryStore(), get: () => Promise.reject(fault) })
    await expect(store.get('key')).rejects.toBe(fault)
  })
})

describe('S02: where a store is full', () => {
  it('it is purged once, and the write is tried again', async () => {
    const broken = createBreakableStore()
    const purge = vi.fn<() => Promise<void>>(async () => void delete broken.broken.put)
    const onDegraded = vi.fn<(reason: StorageError) => void>()
    const store = withFallback(broken, { purge, onDegraded })
    broken.broken.put = full
    await store.put('key', 'value')
    expect((await broken.get('key'))?.value).toBe('value')
    broken.broken.put = full
    await store.put('key', 'another')
    expect(purge).toHaveBeenCalledOnce()
    expect(onDegraded.mock.calls).toEqual([[full]])
  })

  it('R07: what was written over is let go of, so that nobody finds a spent token there', async () => {
    const broken = createBreakableStore()
    const store = withFallback(broken)
    const version = await store.put('key', 'old')
    broken.broken.put = full
    const written = await store.put('key', 'new', { ifVersion: version ?? -1 })
    expect(await broken.get('key')).toBeUndefined()
    expect(await store.get('key')).toEqual({ value: 'new', version: written })
  })

  it('what another tab wrote meanwhile is neither removed nor written over', async () => {
    const broken = createBreakableStore()
    const store = withFallback(broken)
    const version = await store.put('key', 'old')
    await broken.put('key', 'another tab’s')
    broken.broken.put = full
    expect(await store.put('key', 'late', { ifVersion: version ?? -1 })).toBeUndefined()
    expect(await store.put('absent', 'late', { ifVersion: 7 })).toBeUndefined()
    expect((await store.get('key'))?.value).toBe('another tab’s')
  })

  it('other keys stay where they are', async () => {
    const broken = createBreakableStore()
    const store = withFallback(broken)
    await store.put('kept', 'value')
    broken.broken.put = full
    await store.put('key', 'in memory')
    delete broken.broken.put
    await store.put('kept', 'new value')
    expect((await broken.get('kept'))?.value).toBe('new value')
    expect(await broken.get('key')).toBeUndefined()
  })

  it('a deletion reaches both places', async () => {
    const broken = createBreakableStore()
    const store = withFallback(broken)
    broken.broken.put = full
    await store.put('key', 'in memory')
    delete broken.broken.put
    await broken.put('key', 'another tab’s')
    await store.delete('key')
    expect(await store.get('key')).toBeUndefined()
    expect(await broken.get('key')).toBeUndefined()
  })
})
