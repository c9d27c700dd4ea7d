import type { KeyValueStore } from '../ports/key-value-store.ts'
import { check, type PortCase, same } from './port-case.ts'

/**
 * The behaviours of every KeyValueStore.
 * @param open gives a handle of a store; all handles of one case must see the same data, and no data of an earlier case
 */
export function keyValueStoreCases(open: () => Promise<KeyValueStore>): readonly PortCase[] {
  const all: Record<string, (store: KeyValueStore) => Promise<void>> = {
    'gives nothing for an absent key': async (store) => {
      same(await store.get('absent'), undefined)
      same(await store.take('absent'), undefined)
    },
    'gives back what was put, with its version': async (store) => {
      const version = await store.put('key', { a: [1, 'two', null] })
      same(await store.get('key'), { value: { a: [1, 'two', null] }, version })
    },
    'gives each write of a key another version': async (store) => {
      const first = await store.put('key', 1)
      const second = await store.put('key', 2)
      check(first !== second, 'two writes had the same version')
    },
    'writes over an expected version only': async (store) => {
      const version = await store.put('key', 'old')
      check(
        (await store.put('key', 'new', { ifVersion: version ?? -1 })) !== undefined,
        'an expected version was refused',
      )
      same(await store.put('key', 'late', { ifVersion: version ?? -1 }), undefined)
      same((await store.get('key'))?.value, 'new')
    },
    'takes version 0 for an absent key': async (store) => {
      check(
        (await store.put('key', 'first', { ifVersion: 0 })) !== undefined,
        'version 0 was refused for an absent key',
      )
      same(await store.put('key', 'second', { ifVersion: 0 }), undefined)
    },
    'never gives a version twice, not even after a deletion': async (store) => {
      const before = await store.put('key', 1)
      await store.delete('key')
      const after = await store.put('key', 1)
      check(before !== after, 'a version came again')
      same(await store.put('key', 2, { ifVersion: before ?? -1 }), undefined)
    },
    'deletes an expected version only': async (store) => {
      const version = await store.put('key', 1)
      const latest = await store.put('key', 2)
      await store.delete('key', { ifVersion: version ?? -1 })
      same((await store.get('key'))?.value, 2)
      await store.delete('key', { ifVersion: latest ?? -1 })
      same(await store.get('key'), undefined)
    },
    'lets one of several writers win': async (store) => {
      const version = await store.put('key', 'start')
      const writes = ['a', 'b', 'c'].map((value) => store.put('key', value, { ifVersion: version ?? -1 }))
      same((await Promise.all(writes)).filter((won) => won !== undefined).length, 1)
    },
    'gives a value to one of several takers': async (store) => {
      await store.put('key', 'once')
      const taken = await Promise.all([store.take('key'), store.take('key'), store.take('key')])
      same(taken.filter((value) => value === 'once').length, 1)
      same(await store.get('key'), undefined)
    },
    'forgets what was deleted, and deletes what is absent': async (store) => {
      await store.put('key', 1)
      await store.delete('key')
      await store.delete('key')
      same(await store.get('key'), undefined)
    },
  }
  return Object.entries(all).map(([name, behaviour]) => ({ name, run: async () => behaviour(await open()) }))
}
