import { expect, it } from 'vitest'
import { issuer, logInWhere } from './relying-party-under-test.ts'

it('takes the keys from the address that the metadata names', async () => {
  const login = logInWhere((server) => {
    const keys = server.publishedKeys()
    server.bend.metadata = { jwks_uri: `${issuer}/elsewhere` }
    server.on(`${issuer}/elsewhere`, () => Response.json({ keys }))
    server.on(`${issuer}/jwks`, () => Response.json({ keys: [] }))
  })
  await expect(login).resolves.toMatchObject({ sub: 'ada' })
})
