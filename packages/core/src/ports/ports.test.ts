import { describe, expect, it, vi } from 'vitest'
import { channelCases } from '../testing/channel-suite.ts'
import { keyValueStoreCases } from '../testing/key-value-store-suite.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { completeRuntime } from './default-runtime.ts'
import { createInProcessChannels } from './channel.ts'
import { createInProcessLock } from './lock.ts'
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
  it('runs one piece of work at a time per name, in order, and is freed by a failure', async () => {
    const lock = createInProcessLock()
    const steps: string[] = []
    const work = (name: string) => async (): Promise<string> => {
      steps.push(`${name} begins`)
      await Promise.resolve()
      steps.push(`${name} ends`)
      if (name === 'b') throw new Error('b failed')
      return name
    }
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => lock.run('one', work(name))))
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('lets other names pass', async () => {
    const lock = createInProcessLock()
    void lock.run('blocked', () => new Promise(() => undefined))
    await expect(lock.run('free', async () => 'done')).resolves.toBe('done')
  })
})

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
