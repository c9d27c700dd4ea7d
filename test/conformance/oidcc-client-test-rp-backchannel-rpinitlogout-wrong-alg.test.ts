import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('refuses a logout token signed with another algorithm', async () => {
  await expect(logOutAtServer('logout_token.wrong_alg')).resolves.toEqual({
    status: 400,
    session: 'authenticated',
  })
})
