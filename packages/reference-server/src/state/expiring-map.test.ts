import { describe, expect, test } from 'vitest'
import { createServerClock } from './clock.ts'
import { ExpiringMap } from './expiring-map.ts'

function createMap(capacity?: number) {
  const clock = createServerClock(() => 0)
  return { clock, map: new ExpiringMap<number>(clock, capacity) }
}

describe('ExpiringMap', () => {
  test('gives an entry until its time, not at it', () => {
    const { clock, map } = createMap()
    map.set('a', 1, 10)
    clock.advance(9)
    expect(map.get('a')).toBe(1)
    clock.advance(1)
    expect(map.get('a')).toBeUndefined()
    expect(map.values()).toEqual([])
  })

  test('drops the oldest entry beyond its capacity', () => {
    const { map } = createMap(2)
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index, 100)
    expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 1, 2])
    expect(map.size).toBe(2)
  })

  test('forgets expired entries that nobody asks for', () => {
    const { clock, map } = createMap()
    for (let index = 0; index < 1000; index++) {
      map.set(`k${index}`, index, clock.now() + 60)
      clock.advance(1)
    }
    expect(map.size).toBeLessThanOrEqual(91)
  })

  test('puts an entry set again at the end of the line', () => {
    const { map } = createMap(2)
    map.set('a', 1, 100)
    map.set('b', 2, 100)
    map.set('a', 3, 100)
    map.set('c', 4, 100)
    expect([map.get('a'), map.get('b')]).toEqual([3, undefined])
  })
})
