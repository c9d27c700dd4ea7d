import { expect, it } from 'vitest'
import { logInWhere } from './relying-party-under-test.ts'

it('accepts a token type in any case', async () => {
  await expect(
    logInWhere((server) => {
      server.bend.tokenResponse = { token_type: 'bEaReR' }
    }),
  ).resolves.toMatchObject({ sub: 'ada' })
})
