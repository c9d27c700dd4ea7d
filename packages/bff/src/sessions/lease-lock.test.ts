import { completeRuntime, type Lock, StorageError } from '@oauth-concierge/core'
import { createManualClock, type ManualClock } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createLeaseLock, type Leases } from './lease-lock.ts'

const lease = 5_000
let clock: ManualClock
let held: { holder: string; beat: number } | undefined
let isDown: boolean

/** While the store is down, nobody gets an answer. */
async function reachable(): Promise<void> {
  if (!isDown) return
  await clock.sleep(100)
  await reachable()
}

/** Leases as every process sees them. */
const leases: Leases = {
  acquire: async (_, holder) => {
    await reachable()
    if (held && held.holder !== holder) return `${held.holder} ${held.beat}`
    held = { holder, beat: 0 }
    return undefined
  },
  takeOver: async (_, holder, { sign }) => {
    if (held && `${held.holder} ${held.beat}` !== sign) return false
    held = { holder, beat: 0 }
    return true
  },
  renew: async (_, holder) => {
    if (held?.holder !== holder) return false
    held.beat += 1
    return true
  },
  release: async (_, holder) => {
    if (held?.holder === holder) held = undefined
  },
}

const newProcess = (): Lock =>
  createLeaseLock(leases, completeRuntime({ clock, random: () => 0.5 }), { lease, patience: 30_000 })

/** Lets time pass in steps that are short beside every pause. */
async function pass(seconds: number): Promise<void> {
  for (let at = 0; at < seconds * 20; at += 1) await clock.advance(0.05)
}

beforeEach(() => {
  clock = createManualClock()
  held = undefined
  isDown = false
})

describe('a lock over leases', () => {
  it('waits for a holder that lives, however long it takes', async () => {
    const log: string[] = []
    const slow = newProcess().run('a', () => clock.sleep(20_000).then(() => log.push('slow')))
    await pass(0.1)
    const other = newProcess().run('a', async (isAlone) => log.push(`other ${isAlone}`))
    await pass(19)
    expect(log).toEqual([])
    await pass(3)
    await Promise.all([slow, other])
    expect(log).toEqual(['slow', 'other true'])
  })

  it('goes on after a lease without a sign of life, and not before', async () => {
    held = { holder: 'one that died', beat: 7 }
    let isAlone: boolean | undefined
    const work = newProcess().run('a', async (alone) => void (isAlone = alone))
    await pass(4.8)
    expect(isAlone).toBeUndefined()
    await pass(0.6)
    await work
    expect(isAlone).toBe(true)
    expect(held).toBeUndefined()
  })

  it('takes nothing from a holder that could give no sign of life because the leases could not be reached', async () => {
    held = { holder: 'one that lives', beat: 0 }
    let isTaken = false
    const work = newProcess().run('a', async () => void (isTaken = true))
    await pass(1)
    isDown = true
    await pass(20)
    isDown = false
    await pass(1)
    expect(isTaken).toBe(false)
    held = { holder: 'one that lives', beat: 1 }
    await pass(3)
    expect(isTaken).toBe(false)
    held = undefined
    await pass(1)
    await work
  })

  it('does its work without its turn at last', async () => {
    held = { holder: 'one that never ends', beat: 0 }
    const ticking = (async () => {
      for (let beat = 0; beat < 60; beat += 1) {
        await clock.sleep(1_000)
        if (held) held.beat += 1
      }
    })()
    let isAlone: boolean | undefined
    const work = newProcess().run('a', async (alone) => void (isAlone = alone))
    await pass(31)
    await work
    expect(isAlone).toBe(false)
    await pass(30)
    await ticking
  })

  it('stops its signs of life with its work, also where that fails', async () => {
    const lock = newProcess()
    await expect(lock.run('a', () => Promise.reject(new Error('on purpose')))).rejects.toThrow('on purpose')
    expect(held).toBeUndefined()
    held = { holder: 'another', beat: 0 }
    await pass(10)
    expect(held).toEqual({ holder: 'another', beat: 0 })
  })

  it('does no work where the leases cannot be read', async () => {
    const broken = { ...leases, acquire: () => Promise.reject(new StorageError('storage_failed', 'down')) }
    const lock = createLeaseLock(broken, completeRuntime({ clock }), { lease, patience: 30_000 })
    let hasRun = false
    await expect(lock.run('a', async () => void (hasRun = true))).rejects.toMatchObject({
      code: 'storage_failed',
    })
    expect(hasRun).toBe(false)
  })
})
