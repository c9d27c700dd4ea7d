import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token with another event', async () => {
  await expect(logOutAtServer('logout_token.wrong_event')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
