import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses a callback without the promised iss', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.callback = { iss: undefined }
  })
  expect(refusal).toBe('callback_issuer_mismatch')
})
