import { expect, test } from 'vitest'
import { nearestFirst } from './nearest-first.ts'

test('what was meant comes first, and nothing is left out', () => {
  const names = ['standard', 'passport', 'authn', 'gluu', 'auth0']
  expect(nearestFirst('auth', names).slice(0, 2)).toEqual(['authn', 'auth0'])
  expect(nearestFirst('pasport', names)[0]).toBe('passport')
  expect(nearestFirst('', names)).toHaveLength(5)
})
