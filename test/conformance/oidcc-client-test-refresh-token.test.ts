import { expect, it } from 'vitest'
import { createServer } from './relying-party-under-test.ts'

it('gets new tokens by the refresh token, and checks the new ID token', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  const token = await relyingParty.getAccessToken()
  await server.clock.advance(3_600)
  await expect(relyingParty.getAccessToken()).resolves.not.toBe(token)
  const form = new URLSearchParams(server.tokenRequests().at(-1)?.body)
  expect(form.get('grant_type')).toBe('refresh_token')
  expect(relyingParty.session).toMatchObject({ claims: { iat: server.clock.wallTime() / 1000 } })
})
