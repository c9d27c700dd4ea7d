import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('takes user info that is signed, and none whose signature is not the server’s', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  const answer = (body: string): Response =>
    new Response(body, { headers: { 'content-type': 'application/jwt' } })
  const signed = await server.sign({ iss: issuer, aud: 'spa', sub: 'ada', name: 'Ada' })
  server.on(`${issuer}/userinfo`, () => answer(signed))
  await expect(relyingParty.userInfo()).resolves.toMatchObject({ sub: 'ada', name: 'Ada' })
  await server.useKey('key-1', { publish: false })
  const forged = await server.sign({ iss: issuer, aud: 'spa', sub: 'ada', name: 'Eve' })
  server.on(`${issuer}/userinfo`, () => answer(forged))
  await expect(relyingParty.userInfo()).rejects.toMatchObject({ code: 'user_info_invalid' })
})
