import { readLoginInitiation } from '@oauth-concierge/core'
import { expect, it } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

it('begins a login that a third party asks for, and ends it at the target', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty()
  const target = encodeURIComponent('https://app.example/orders')
  const request = new URLSearchParams(`iss=${issuer}&login_hint=ada&target_link_uri=${target}`)
  const { login } = readLoginInitiation(request, { issuers: [issuer], origin: 'https://app.example' })
  const finished = await relyingParty.finishLogin(await server.visit(relyingParty, login))
  expect(finished).toMatchObject({ returnTo: '/orders' })
  expect(relyingParty.session.status).toBe('authenticated')
})
