import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('asks for claims by scope, and gets them from UserInfo by a bearer token in the header', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty({ scope: 'openid email' })
  server.on(`${issuer}/userinfo`, ({ headers }) =>
    Response.json({ sub: 'ada', email: `${headers.get('authorization')?.slice(0, 7)}@example.com` }),
  )
  await server.logIn(relyingParty)
  await expect(relyingParty.userInfo()).resolves.toEqual({ sub: 'ada', email: 'Bearer @example.com' })
})
