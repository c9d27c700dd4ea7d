import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token that is not signed', async () => {
  await expect(logOutAtServer('logout_token.alg_none')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
