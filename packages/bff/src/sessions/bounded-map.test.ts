import { expect, it } from 'vitest'
import { createBoundedMap } from './bounded-map.ts'

it('a bounded map keeps what is asked for, and never more than its bound', () => {
  const map = createBoundedMap<number>(10)
  map.set('kept', 0)
  for (let at = 1; at <= 100; at += 1) {
    map.set(`passing-${at}`, at)
    expect(map.get('kept')).toBe(0)
  }
  const left = Array.from({ length: 100 }, (_, at) => map.get(`passing-${at + 1}`)).filter((value) => value)
  expect(left.length).toBeGreaterThan(0)
  expect(left.length).toBeLessThanOrEqual(10)
})

it('a bounded map forgets what was deleted, young or old', () => {
  const map = createBoundedMap<number>(4)
  map.set('a', 1)
  map.delete('a')
  expect(map.get('a')).toBeUndefined()
  map.set('b', 1)
  map.set('c', 1)
  map.set('b', 2)
  map.delete('b')
  expect(map.get('b')).toBeUndefined()
})
