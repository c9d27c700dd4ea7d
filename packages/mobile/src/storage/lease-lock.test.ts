import { createMemoryStore, type KeyValueStore } from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLeaseLock } from './lease-lock.ts'

let clock: ManualClock
let store: KeyValueStore

beforeEach(() => {
  clock = createManualClock()
  store = createMemoryStore()
})

/** Lets time pass until `work` is done. */
async function overTime<Result>(work: Promise<Result>): Promise<Result> {
  const nobody = Symbol('nobody')
  for (let step = 0; step < 1_000; step += 1) {
    if ((await Promise.race([work, Promise.resolve(nobody)])) !== nobody) break
    await clock.advance(0.05)
  }
  return work
}

/** Says when each of two processes is at work. */
function createWork(log: string[], name: string, seconds = 1): (isAlone: boolean) => Promise<boolean> {
  return async (isAlone) => {
    log.push(`${name} begins`)
    await clock.sleep(seconds * 1000)
    log.push(`${name} ends`)
    return isAlone
  }
}

describe('a lease', () => {
  it('lets processes that share a storage work one after the other', async () => {
    const log: string[] = []
    const [app, task] = [createLeaseLock(store, clock), createLeaseLock(store, clock)]
    const both = [app.run('refresh', createWork(log, 'app')), task.run('refresh', createWork(log, 'task'))]
    await expect(overTime(Promise.all(both))).resolves.toEqual([true, true])
    const [first] = log
    expect(log[1]).toBe(first?.replace('begins', 'ends'))
    await expect(store.get('refresh')).resolves.toBeUndefined()
  })

  it('is had by one of two who wrote at once, over a storage that does not compare', async () => {
    const blind: KeyValueStore = { ...store, put: (key, value) => store.put(key, value) }
    const log: string[] = []
    const both = ['app', 'task'].map((name) =>
      createLeaseLock(blind, clock).run('refresh', createWork(log, name)),
    )
    await expect(overTime(Promise.all(both))).resolves.toEqual([true, true])
    expect(log.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends'])
  })

  it('of a process that died is waited for, and the work is told that it may not be alone', async () => {
    await store.put('refresh', { until: clock.wallTime() + 20_000 })
    const work = createLeaseLock(store, clock).run('refresh', async (isAlone) => isAlone)
    await expect(overTime(work)).resolves.toBe(false)
  })

  it('that ran out, or came from a clock that was set back, is nobody’s', async () => {
    for (const until of [clock.wallTime() - 1, clock.wallTime() + 86_400_000, 'soon']) {
      await store.put('refresh', { until })
      const work = createLeaseLock(store, clock).run('refresh', async (isAlone) => isAlone)
      await expect(overTime(work)).resolves.toBe(true)
    }
  })

  it('is given back by work that fails', async () => {
    const lock = createLeaseLock(store, clock)
    await expect(overTime(lock.run('refresh', () => Promise.reject(new Error('failed'))))).rejects.toThrow(
      'failed',
    )
    await expect(store.get('refresh')).resolves.toBeUndefined()
  })

  it('cannot be had from a storage that fails, and the work goes on knowing it', async () => {
    const failing: KeyValueStore = { ...store, get: () => Promise.reject(new Error('locked')) }
    await expect(createLeaseLock(failing, clock).run('refresh', async (isAlone) => isAlone)).resolves.toBe(
      false,
    )
  })
})
