import { expect, it } from 'vitest'
import { issuer, logInWhere } from './relying-party-under-test.ts'

it('logs in', async () => {
  await expect(logInWhere(() => undefined)).resolves.toMatchObject({ iss: issuer, sub: 'ada' })
})
