import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token of another issuer', async () => {
  await expect(logOutAtServer('logout_token.wrong_issuer')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
