import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token with a nonce', async () => {
  await expect(logOutAtServer('logout_token.with_nonce')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
