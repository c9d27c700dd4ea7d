import { createMemoryKeyStore, dpop } from '@oauth-concierge/core'
import { expect, it } from 'vitest'
import { createServer } from './relying-party-under-test.ts'

it('understands the demand for a nonce whatever case the scheme is written in', async () => {
  const server = await createServer()
  server.bend.tokenResponse = { token_type: 'DPoP' }
  const api = 'https://api.example'
  const relyingParty = server.relyingParty({
    apis: [api],
    senderConstraint: dpop({ keys: createMemoryKeyStore() }),
  })
  const headers = { 'www-authenticate': 'dPOp error="use_dpop_nonce"', 'dpop-nonce': 'n1' }
  let asked = 0
  server.on(`${api}/orders`, () =>
    (asked += 1) === 1 ? new Response('', { status: 401, headers }) : Response.json([]),
  )
  await server.logIn(relyingParty)
  await expect(relyingParty.fetch(`${api}/orders`)).resolves.toMatchObject({ status: 200 })
  expect(asked).toBe(2)
})
