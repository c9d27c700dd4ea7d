import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token without its event', async () => {
  await expect(logOutAtServer('logout_token.missing_event')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
