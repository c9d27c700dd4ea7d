import { type Lock, TransportError } from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settle } from '../fake-page.test-support.ts'
import { createPatientLock, createWebLock } from './web-lock.ts'

let clock: ManualClock
beforeEach(() => (clock = createManualClock()))
afterEach(() => vi.unstubAllGlobals())

/** Locks among tabs, as the standard describes them. */
const createLockManager = () => {
  const queues = new Map<string, Promise<unknown>>()
  return {
    request: async (name: string, { signal }: { signal: AbortSignal }, work: () => Promise<unknown>) => {
      const before = queues.get(name) ?? Promise.resolve()
      const turn = Promise.race([
        before.then(() => 'turn'),
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      ])
      const done = turn.then(work)
      queues.set(
        name,
        before.then(() => done.catch(() => undefined)),
      )
      return done
    },
  }
}

describe('the lock among tabs', () => {
  let locks: ReturnType<typeof createLockManager>
  beforeEach(() => {
    locks = createLockManager()
    vi.stubGlobal('navigator', { locks })
  })
  const openTab = (): Lock => createWebLock(clock)

  it('gives each its turn, alone', async () => {
    const steps: string[] = []
    const work = (name: string) => async (isAlone: boolean) => {
      steps.push(`${name} ${isAlone}`)
      await settle()
      steps.push(`${name} ends`)
    }
    await Promise.all([openTab().run('refresh', work('a')), openTab().run('refresh', work('b'))])
    expect(steps).toEqual(['a true', 'a ends', 'b true', 'b ends'])
  })

  it('R03: waits no longer than 15 s for a frozen holder, then works and knows that it is not alone', async () => {
    void openTab().run('refresh', () => new Promise(() => undefined))
    const turns: boolean[] = []
    const second = openTab().run('refresh', async (isAlone) => turns.push(isAlone))
    await settle()
    await clock.advance(14)
    expect(turns).toEqual([])
    await clock.advance(2)
    await second
    expect(turns).toEqual([false])
  })

  it('works as long as it takes once it has its turn', async () => {
    let end = (): void => undefined
    const work = openTab().run('refresh', async (isAlone) => {
      await new Promise<void>((resolve) => (end = resolve))
      return isAlone
    })
    await settle()
    await clock.advance(120)
    end()
    await expect(work).resolves.toBe(true)
  })

  it('hands on what its work fails with, and does not do it again', async () => {
    const work = vi.fn(() => Promise.reject(new Error('refused')))
    await expect(openTab().run('refresh', work)).rejects.toThrow('refused')
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('R04: works without a turn where the browser refuses locks to this page', async () => {
    locks.request = () => Promise.reject(new DOMException('opaque origin', 'SecurityError'))
    await expect(openTab().run('refresh', async (isAlone) => isAlone)).resolves.toBe(false)
  })
})

describe('R04: the lock of a browser without Web Locks', () => {
  const underWay = (): Promise<never> =>
    Promise.reject(new TransportError('refresh_outcome_unknown', 'Another tab is at it.'))

  it('is the patient one', async () => {
    vi.stubGlobal('navigator', {})
    await expect(createWebLock(clock).run('refresh', async (isAlone) => isAlone)).resolves.toBe(false)
  })

  it('looks once a second until the other tab has had its answer', async () => {
    const work = vi
      .fn<() => Promise<string>>()
      .mockImplementationOnce(underWay)
      .mockImplementationOnce(underWay)
    work.mockResolvedValue('theirs')
    const result = createPatientLock(clock).run('refresh', work)
    await settle()
    expect(work).toHaveBeenCalledTimes(1)
    await clock.advance(1)
    expect(work).toHaveBeenCalledTimes(2)
    await clock.advance(1)
    await expect(result).resolves.toBe('theirs')
  })

  it('gives up after twelve looks, and at once for any other failure', async () => {
    const stuck = vi.fn(underWay)
    const result = createPatientLock(clock).run('refresh', stuck)
    result.catch(() => undefined)
    for (let second = 0; second < 20; second += 1) await clock.advance(1)
    await expect(result).rejects.toMatchObject({ code: 'refresh_outcome_unknown' })
    expect(stuck).toHaveBeenCalledTimes(12)
    const refused = vi.fn(() => Promise.reject(new TransportError('offline', 'No network.')))
    await expect(createPatientLock(clock).run('refresh', refused)).rejects.toMatchObject({ code: 'offline' })
    expect(refused).toHaveBeenCalledTimes(1)
  })

  it('lets one piece of work at a time into the tab', async () => {
    const lock = createPatientLock(clock)
    const steps: string[] = []
    const work = (name: string) => async () => {
      steps.push(name)
      await settle()
      steps.push(name)
    }
    await Promise.all([lock.run('refresh', work('a')), lock.run('refresh', work('b'))])
    expect(steps).toEqual(['a', 'a', 'b', 'b'])
  })
})
