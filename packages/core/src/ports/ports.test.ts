import { describe, expect, it, vi } from 'vitest'
import { channelCases } from '../testing/channel-suite.ts'
import { keyValueStoreCases } from '../testing/key-value-store-suite.ts'
import { lockCases } from '../testing/lock-suite.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { completeRuntime } from './default-runtime.ts'
import { createInProcessChannels } from './channel.ts'
import { createInProcessLock, type Lock } from './lock.ts'
import { createMemoryStore } from './memory-store.ts'

describe('the memory store', () => {
  it.each(keyValueStoreCases(async () => createMemoryStore()))('$name', ({ run }) => run())
})

describe('the store suite', () => {
  it('finds out a store that hands a value to everybody', async () => {
    const honest = createMemoryStore()
    const leaky = { ...honest, take: async (key: string) => (await honest.get(key))?.value }
    const results = await Promise.allSettled(keyValueStoreCases(async () => leaky).map(({ run }) => run()))
    expect(results.some(({ status }) => status === 'rejected')).toBe(true)
  })

  it('finds out a store that ignores expected versions', async () => {
    const honest = createMemoryStore()
    const careless = { ...honest, put: (key: string, value: unknown) => honest.put(key, value) }
    const results = await Promise.allSettled(keyValueStoreCases(async () => careless).map(({ run }) => run()))
    expect(results.some(({ status }) => status === 'rejected')).toBe(true)
  })
})

describe('channels in process', () => {
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn += 1) await undefined
  }
  it.each(channelCases(createInProcessChannels(), settle))('$name', ({ run }) => run())
})

describe('the in-process lock', () => {
  it.each(lockCases(memoiseLock()))('$name', ({ run }) => run())

  it('takes its callers in order', async () => {
    const lock = createInProcessLock()
    const order: string[] = []
    await Promise.all(['a', 'b', 'c'].map((name) => lock.run('one', async () => void order.push(name))))
    expect(order).toEqual(['a', 'b', 'c'])
  })
})

describe('the lock suite finds fault with a lock that', () => {
  const faulty: readonly (readonly [string, Lock])[] = [
    ['is none', { run: (_, work) => work(true) }],
    ['has one name only', oneName()],
    ['stays held after a failure', heldAfterFailure()],
    ['swallows errors', { run: async (_, work) => work(true).catch(() => undefined as never) }],
    ['gives up for everybody', { run: (name, work) => createInProcessLock().run(name, () => work(false)) }],
  ]

  it.each(faulty)('%s', async (_, lock) => {
    const runs = lockCases(async () => lock).map(({ run }) => within(run()))
    const results = await Promise.allSettled(runs)
    expect(results.some(({ status }) => status === 'rejected')).toBe(true)
  })

  it('never loses patience, where it was given the means to', async () => {
    const lock = createInProcessLock()
    const runOutOfPatience = async (): Promise<void> => undefined
    const cases = lockCases(async () => lock, { runOutOfPatience })
    const patience = cases.find(({ name }) => name.includes('frozen'))
    await expect(within(patience?.run() ?? Promise.resolve())).rejects.toThrow()
  })

  it('is content with one that loses it and says so', async () => {
    let losePatience = (): void => undefined
    const honest = createInProcessLock()
    const impatient: Lock = {
      run: (name, work) => {
        let hasBegun = false
        const turn = honest.run(name, (isAlone) => ((hasBegun = true), work(isAlone)))
        const outOfPatience = new Promise<void>((resolve) => {
          losePatience = resolve
        }).then(() => (hasBegun ? turn : work(false)))
        return Promise.race([turn, outOfPatience])
      },
    }
    const cases = lockCases(async () => impatient, { runOutOfPatience: async () => losePatience() })
    const patience = cases.find(({ name }) => name.includes('frozen'))
    await expect(patience?.run()).resolves.toBeUndefined()
  })
})

/** All handles are one lock. */
function memoiseLock(): () => Promise<Lock> {
  const lock = createInProcessLock()
  return async () => lock
}

function oneName(): Lock {
  const lock = createInProcessLock()
  return { run: (_, work) => lock.run('name', work) }
}

function heldAfterFailure(): Lock {
  const lock = createInProcessLock()
  return {
    run: (name, work) => {
      const result = work(true)
      return lock.run(name, () => result.catch(() => new Promise<never>(() => undefined)))
    },
  }
}

/** A case that hangs is a case that fails. */
function within(run: Promise<void>): Promise<void> {
  const tooLate = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('it hangs')), 300))
  return Promise.race([run, tooLate])
}

describe('the system clock', () => {
  it('can be woken from its sleep by a signal, before and during it', async () => {
    const { clock } = completeRuntime()
    const abort = new AbortController()
    const sleep = clock.sleep(3_600_000, abort.signal)
    abort.abort(new Error('enough'))
    await expect(sleep).rejects.toThrow('enough')
    await expect(clock.sleep(3_600_000, abort.signal)).rejects.toThrow('enough')
  })
})

describe('the manual clock', () => {
  it('wakes sleepers as time passes and not before', async () => {
    const clock = createManualClock(1_000)
    let awake = false
    const sleep = clock.sleep(2_000).then(() => (awake = true))
    await clock.advance(1)
    expect(awake).toBe(false)
    await clock.advance(1)
    await sleep
    expect(awake).toBe(true)
    expect(clock.wallTime()).toBe(1_002_000)
  })
})

describe('the default http', () => {
  it('hands a Request on as it is: its body would go out as a stream else', async () => {
    const fetch = vi.fn(async () => new Response())
    vi.stubGlobal('fetch', fetch)
    const request = new Request('https://api.example/orders', { method: 'POST', body: 'one coffee' })
    await completeRuntime().http(request.url, request)
    expect(fetch).toHaveBeenCalledExactlyOnceWith(request)
    vi.unstubAllGlobals()
  })
})
