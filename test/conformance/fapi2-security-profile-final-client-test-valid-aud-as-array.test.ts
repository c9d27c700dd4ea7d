import { expect, it } from 'vitest'
import { logInWhere } from './relying-party-under-test.ts'

it('accepts an audience that is a list of one', async () => {
  await expect(
    logInWhere((server) => {
      server.bend.claims = { aud: ['spa'] }
    }),
  ).resolves.toMatchObject({ sub: 'ada' })
})
