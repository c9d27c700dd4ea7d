import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token that ended over five minutes ago, as a matter of clocks', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { iat: 1_799_999_000, exp: 1_799_999_600 }
  })
  expect(refusal).toBe('clock_skew')
})
