import { createManualClock } from '@oauth-concierge/core/testing'
import { describe, expect, it } from 'vitest'
import { sessionStoreCases } from '../testing/session-store-suite.ts'
import { memory } from './memory.ts'

describe('sessions in memory', () => {
  it.each(sessionStoreCases(async () => memory()))('$name', ({ run }) => run())

  it('end by the clock they were given', async () => {
    const clock = createManualClock()
    const store = memory({ runtime: { clock } })
    await store.write('session:a', 1, { expiresAt: clock.wallTime() / 1000 + 60 })
    await clock.advance(59)
    expect(await store.look('session:a')).toBeDefined()
    await clock.advance(1)
    expect(await store.look('session:a')).toBeUndefined()
  })

  it('give way, the oldest first, beyond the bound of their kind', async () => {
    const store = memory({ mostRecords: 3 })
    const options = { expiresAt: Date.now() / 1000 + 60, indexes: ['all'] }
    for (const name of ['a', 'b', 'c', 'd']) await store.write(`login:${name}`, 1, options)
    await store.write('session:a', 1, options)
    expect(await store.look('login:a')).toBeUndefined()
    expect(await store.look('session:a')).toBeDefined()
    expect(await store.deleteAll('all')).toBe(4)
  })

  it('are dropped when they are over, though nobody asks for them', async () => {
    const clock = createManualClock()
    const store = memory({ mostRecords: 30, runtime: { clock } })
    const write = (name: string, seconds: number) =>
      store.write(`session:${name}`, 1, { expiresAt: clock.wallTime() / 1000 + seconds })
    for (let i = 0; i < 10; i += 1) await write(`long-${i}`, 3_600)
    for (let i = 0; i < 10; i += 1) await write(`short-${i}`, 60)
    await clock.advance(61)
    for (let i = 0; i < 20; i += 1) await write(`new-${i}`, 3_600)
    // Nothing that lives had to give way, so what was over did.
    for (let i = 0; i < 10; i += 1) expect(await store.look(`session:long-${i}`)).toBeDefined()
  })
})
