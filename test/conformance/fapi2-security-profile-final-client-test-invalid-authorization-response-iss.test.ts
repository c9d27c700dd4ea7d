import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses a callback of another issuer', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.callback = { iss: 'https://evil.example' }
  })
  expect(refusal).toBe('callback_issuer_mismatch')
})
