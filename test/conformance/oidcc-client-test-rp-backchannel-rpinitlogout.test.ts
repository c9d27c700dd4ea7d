import { expect, it } from 'vitest'
import { logOutAtServer } from './backend-under-test.ts'

it('ends the session that a logout token is about', async () => {
  await expect(logOutAtServer()).resolves.toEqual({ status: 200, session: 'anonymous' })
})
