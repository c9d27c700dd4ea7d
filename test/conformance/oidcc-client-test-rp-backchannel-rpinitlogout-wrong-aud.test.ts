import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token for another client', async () => {
  await expect(logOutAtServer('logout_token.wrong_audience')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
