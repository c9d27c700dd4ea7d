import { describe, expect, it } from 'vitest'
import { liveThrough } from '../../examples/daemon/server/live-through.ts'

describe('a daemon that calls an API every second', () => {
  it('lives through hours of rotated keys, servers that go away and clocks that jump, without a failed call', async () => {
    const hours = 4
    const life = await liveThrough(hours)
    expect(life.failed).toEqual([])
    expect(life.calls).toBe(hours * 3_600)
    // All of it happened, and was noticed.
    expect(life.usedKeys).toEqual(['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'])
    expect(life.withdrawn).toBe(hours)
    expect(life.unanswered).toBeGreaterThanOrEqual(hours)
    expect(life.refused).toBeGreaterThanOrEqual(hours)
  }, 180_000)
})
