import { expect, it } from 'vitest'
import { logInByFapi2 } from './fapi2-client.ts'

it('logs in by a pushed request, with a client assertion and bound tokens, and calls an API', async () => {
  await expect(logInByFapi2({ dpop: 'with nonces' })).resolves.toBe(200)
})
