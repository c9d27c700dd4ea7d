import { registerClient } from '@oauth-concierge/core'
import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('registers itself, and logs in as the client that it then is', async () => {
  const server = await createServer()
  server.bend.metadata = { registration_endpoint: `${issuer}/register` }
  server.on(`${issuer}/register`, ({ body }) =>
    Response.json({ ...(JSON.parse(body) as object), client_id: 'new' }, { status: 201 }),
  )
  const { runtime } = server
  const { clientId } = await registerClient(
    { issuer, runtime },
    { redirect_uris: ['https://app.example/callback'] },
  )
  const relyingParty = server.relyingParty({ clientId })
  server.bend.claims = { aud: 'new' }
  await server.logIn(relyingParty)
  expect(relyingParty.session.status).toBe('authenticated')
})
