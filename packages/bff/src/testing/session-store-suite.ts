import type { PortCase } from '@oauth-concierge/core/testing'
import type { SessionStore } from '../sessions/session-store.ts'

type Behaviour = (store: SessionStore) => Promise<void>

const later = (): number => Date.now() / 1000 + 3_600
const past = (): number => Date.now() / 1000 - 1

const records: Record<string, Behaviour> = {
  'gives nothing for an absent key': async (store) => {
    same(await store.look('session:absent'), undefined)
    same(await store.read('session:absent'), undefined)
  },
  'gives back what was written, with its version and its end': async (store) => {
    const expiresAt = later()
    const version = await store.write('session:a', { a: [1, 'two', null] }, { expiresAt })
    const record = await store.read('session:a')
    same(record?.value, { a: [1, 'two', null] })
    same(record?.version, version)
    check(Math.abs((record?.expiresAt ?? 0) - expiresAt) < 1, 'the end was not kept')
    same((await store.look('session:a'))?.version, version)
  },
  'gives each write of a key another version, deletion or not': async (store) => {
    const versions = new Set<number | undefined>()
    for (let write = 0; write < 3; write += 1) {
      versions.add(await store.write('session:a', write, { expiresAt: later() }))
      if (write === 1) await store.delete('session:a')
    }
    same(versions.size, 3)
  },
  'counts a record that is over as absent': async (store) => {
    await store.write('session:a', 1, { expiresAt: later() })
    await store.write('session:a', 2, { expiresAt: past() })
    same(await store.look('session:a'), undefined)
    same(await store.read('session:a'), undefined)
    check(
      (await store.write('session:a', 3, { expiresAt: later(), ifVersion: 0 })) !== undefined,
      'a record that is over was in the way',
    )
  },
  'moves the end of a record, and keeps its version': async (store) => {
    const version = await store.write('session:a', 1, { expiresAt: later() - 1_800 })
    const expiresAt = later()
    await store.touch('session:a', expiresAt)
    const mark = await store.look('session:a')
    same(mark?.version, version)
    check(Math.abs((mark?.expiresAt ?? 0) - expiresAt) < 1, 'the end was not moved')
    await store.touch('session:a', past())
    same(await store.look('session:a'), undefined)
  },
  'brings no absent record to life by moving its end': async (store) => {
    await store.touch('session:absent', later())
    same(await store.read('session:absent'), undefined)
  },
  'deletes, and deletes what is absent': async (store) => {
    await store.write('session:a', 1, { expiresAt: later() })
    await store.delete('session:a')
    await store.delete('session:a')
    same(await store.read('session:a'), undefined)
  },
}

const conditions: Record<string, Behaviour> = {
  'writes over an expected version only': async (store) => {
    const first = await store.write('session:a', 'old', { expiresAt: later() })
    const condition = { expiresAt: later(), ifVersion: first ?? -1 }
    check((await store.write('session:a', 'new', condition)) !== undefined, 'an expected version was refused')
    same(await store.write('session:a', 'late', condition), undefined)
    same((await store.read('session:a'))?.value, 'new')
  },
  'takes version 0 for an absent key': async (store) => {
    const absent = { expiresAt: later(), ifVersion: 0 }
    check(
      (await store.write('session:a', 1, absent)) !== undefined,
      'version 0 was refused for an absent key',
    )
    same(await store.write('session:a', 2, absent), undefined)
  },
  'does not write over a version of before a deletion': async (store) => {
    const version = await store.write('session:a', 1, { expiresAt: later() })
    await store.delete('session:a')
    same(await store.write('session:a', 2, { expiresAt: later(), ifVersion: version ?? -1 }), undefined)
  },
  'deletes an expected version only': async (store) => {
    const version = await store.write('session:a', 1, { expiresAt: later() })
    const latest = await store.write('session:a', 2, { expiresAt: later() })
    await store.delete('session:a', { ifVersion: version ?? -1 })
    same((await store.read('session:a'))?.value, 2)
    await store.delete('session:a', { ifVersion: latest ?? -1 })
    same(await store.read('session:a'), undefined)
  },
  'lets one of several writers win': async (store) => {
    const version = await store.write('session:a', 'start', { expiresAt: later() })
    const condition = { expiresAt: later(), ifVersion: version ?? -1 }
    const writes = ['x', 'y', 'z'].map((value) => store.write('session:a', value, condition))
    same((await Promise.all(writes)).filter((won) => won !== undefined).length, 1)
  },
}

const indexes: Record<string, Behaviour> = {
  'deletes by index what was written with it, and nothing else': async (store) => {
    await store.write('session:a', 1, { expiresAt: later(), indexes: ['sub ada', 'sid 1'] })
    await store.write('session:b', 1, { expiresAt: later(), indexes: ['sub ada', 'sid 2'] })
    await store.write('session:c', 1, { expiresAt: later(), indexes: ['sub bob', 'sid 3'] })
    same(await store.deleteAll('sid 2'), 1)
    same(await store.read('session:b'), undefined)
    same(await store.deleteAll('sub ada'), 1)
    same(await store.read('session:a'), undefined)
    same((await store.read('session:c'))?.value, 1)
    same(await store.deleteAll('sub nobody'), 0)
  },
  'finds a record by its index after it was written over and moved': async (store) => {
    const expiresAt = later()
    await store.write('session:a', 1, { expiresAt, indexes: ['sub ada'] })
    await store.write('session:a', 2, { expiresAt, indexes: ['sub ada'] })
    await store.touch('session:a', expiresAt + 60)
    same(await store.deleteAll('sub ada'), 1)
    same(await store.read('session:a'), undefined)
  },
  'forgets the index with the record': async (store) => {
    await store.write('session:a', 1, { expiresAt: later(), indexes: ['sub ada'] })
    await store.delete('session:a')
    await store.write('session:a', 2, { expiresAt: later() })
    same(await store.deleteAll('sub ada'), 0)
    same((await store.read('session:a'))?.value, 2)
  },
}

const locks: Record<string, Behaviour> = {
  'runs one piece of work at a time under one name': async (store) => {
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      for (let turn = 0; turn < 20; turn += 1) await store.look('session:absent')
      inside -= 1
    }
    await Promise.all([1, 2, 3, 4].map(() => store.lock.run('name', work)))
    same(most, 1)
  },
  'gives the result of the work, and is free after work that failed': async (store) => {
    const failing = store.lock.run('name', () => Promise.reject(new Error('on purpose')))
    same(await failing.catch((error: Error) => error.message), 'on purpose')
    same(await store.lock.run('name', async (isAlone) => isAlone), true)
  },
  'does not keep one name waiting for another': async (store) => {
    const inner = (): Promise<string> => store.lock.run('other', async () => 'done')
    same(await store.lock.run('name', inner), 'done')
  },
}

/**
 * The behaviours of every SessionStore.
 * @param open gives a handle of a store; all handles of one case must see the same data, and no data of an earlier case
 */
export function sessionStoreCases(open: () => Promise<SessionStore>): readonly PortCase[] {
  const all = { ...records, ...conditions, ...indexes, ...locks }
  return Object.entries(all).map(([name, behaviour]) => ({ name, run: async () => behaviour(await open()) }))
}

function same(actual: unknown, expected: unknown): void {
  check(
    JSON.stringify(actual) === JSON.stringify(expected),
    `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`,
  )
}

function check(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault)
}
