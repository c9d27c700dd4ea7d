import { describe, expect, it } from 'vitest'
import { checkReturnTo, readReturnTo } from './return-to.ts'

const origin = 'https://app.example'

describe('returnTo', () => {
  it.each([
    ['/', '/'],
    ['/orders?page=2#top', '/orders?page=2#top'],
    ['orders', '/orders'],
    ['?page=2', '/?page=2'],
    ['/a/../b', '/b'],
    ['https://app.example/orders', '/orders'],
    ['/redirect?to=https://evil.example', '/redirect?to=https://evil.example'],
  ])('%j leads to %s', (given, path) => {
    expect(readReturnTo(given, origin)).toBe(path)
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    'https:evil.example',
    'https://evil.example',
    'https://app.example@evil.example/',
    'https://user@app.example/',
    'https://app.example.evil.example',
    'http://app.example/',
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,hello',
    'blob:https://app.example/0',
    '/..//evil.example',
    'https://app.example//evil.example',
    'https://[',
    `/${'a'.repeat(100_000)}`,
  ])('%j leads nowhere', (given) => {
    expect(readReturnTo(given, origin)).toBeUndefined()
    expect(() => checkReturnTo(given, origin)).toThrow(
      expect.objectContaining({ code: 'return_to_not_same_origin' }),
    )
  })
})
