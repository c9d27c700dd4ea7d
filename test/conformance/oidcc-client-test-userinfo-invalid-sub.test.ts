import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('refuses the user info of another subject', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  server.on(`${issuer}/userinfo`, () => Response.json({ sub: 'eve' }))
  await expect(relyingParty.userInfo()).rejects.toMatchObject({ code: 'user_info_invalid' })
})
