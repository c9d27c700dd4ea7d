import { expect, it } from 'vitest'
import { createPublicKey, issuer, logInWhere } from './relying-party-under-test.ts'

it('accepts an ID token without a key id when one of the keys that fit has signed it', async () => {
  const login = logInWhere(async (server) => {
    server.bend.header = { kid: undefined }
    const keys = [await createPublicKey(), ...server.publishedKeys(), await createPublicKey()]
    server.on(`${issuer}/jwks`, () => Response.json({ keys }))
  })
  await expect(login).resolves.toMatchObject({ sub: 'ada' })
})
