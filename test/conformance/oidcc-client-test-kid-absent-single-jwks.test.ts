import { expect, it } from 'vitest'
import { logInWhere } from './relying-party-under-test.ts'

it('accepts an ID token without a key id where there is one key', async () => {
  await expect(
    logInWhere((server) => {
      server.bend.header = { kid: undefined }
    }),
  ).resolves.toMatchObject({ sub: 'ada' })
})
