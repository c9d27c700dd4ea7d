import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses a callback without a state', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.callback = { state: undefined }
  })
  expect(refusal).toBe('callback_state_missing')
})
