import { expect, it } from 'vitest'
import { logInWhere } from './relying-party-under-test.ts'

it('accepts a token response that does not say how long the token lasts', async () => {
  await expect(
    logInWhere((server) => {
      server.bend.tokenResponse = { expires_in: undefined }
    }),
  ).resolves.toMatchObject({ sub: 'ada' })
})
