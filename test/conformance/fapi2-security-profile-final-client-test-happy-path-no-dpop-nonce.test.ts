import { expect, it } from 'vitest'
import { logInByFapi2 } from './fapi2-client.ts'

it('logs in and calls an API where nobody demands a nonce', async () => {
  await expect(logInByFapi2({ dpop: 'without nonces' })).resolves.toBe(200)
})
