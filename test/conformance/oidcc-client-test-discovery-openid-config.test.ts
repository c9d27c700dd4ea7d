import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('takes the endpoints from the discovery document', async () => {
  const server = await createServer()
  server.bend.metadata = { authorization_endpoint: `${issuer}/elsewhere?tenant=1` }
  const { url } = await server.relyingParty().startLogin({ redirectUri: 'https://app.example/callback' })
  expect(url).toMatch(`${issuer}/elsewhere?tenant=1&`)
  expect(server.requests.map(({ url }) => url)).toEqual([`${issuer}/.well-known/openid-configuration`])
})
