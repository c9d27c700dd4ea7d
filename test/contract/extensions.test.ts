import {
  createMemoryKeyStore,
  dpop,
  jwtResponse,
  privateKeyJwt,
  pushedAuthorization,
  type RelyingPartyOptions,
  signedRequest,
} from '@oauth-concierge/core'
import type { ClientOptions } from '@oauth-concierge/reference-server'
import { expect, it } from 'vitest'
import { createSigner } from './flows/client.ts'
import { createStandardVisit, issuer, redirectUri, type StandardVisit } from './standard-visit.ts'

function createVisit(client: Partial<ClientOptions>, options: Partial<RelyingPartyOptions>): StandardVisit {
  return createStandardVisit(
    { apis: [issuer], ...options },
    {
      clients: [{ clientId: 'app', redirectUris: [redirectUri], ...client }],
      resources: [{ identifier: `${issuer}/resource` }, { identifier: 'https://stock.example' }],
    },
  )
}

it('a request is pushed, and a plain one refused where pushing is required', async () => {
  const pushed = createVisit(
    { requirePushedAuthorizationRequests: true },
    { authorization: [pushedAuthorization()] },
  )
  await pushed.logIn()
  expect(pushed.server.ledger.count({ path: '/par', status: 201 })).toBe(1)
  const plain = createVisit({ requirePushedAuthorizationRequests: true }, {})
  await expect(plain.logIn()).rejects.toThrow()
})

it('a request is signed, pushed and answered with a signed response, by a client with a key', async () => {
  const { jwk, signer } = await createSigner()
  const { relyingParty, clock, logIn } = createVisit(
    { jwks: { keys: [jwk] }, requireSignedRequestObject: true },
    {
      clientAuthentication: privateKeyJwt(signer),
      authorization: [jwtResponse(), signedRequest(signer), pushedAuthorization({ mode: 'required' })],
    },
  )
  await logIn()
  expect(relyingParty.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
  await clock.advance(10)
  await expect(relyingParty.userInfo()).resolves.toMatchObject({ sub: 'ada' })
})

it('tokens are bound to a key through login, calls, refreshes and user info, with nonces of the server', async () => {
  const { relyingParty, server, logIn } = createVisit(
    { dpopBoundAccessTokens: true },
    { senderConstraint: dpop({ keys: createMemoryKeyStore() }) },
  )
  await logIn()
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => relyingParty.for(`${issuer}/resource`).fetch(`${issuer}/resource`)),
  )
  expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  await expect(relyingParty.userInfo()).resolves.toMatchObject({ sub: 'ada' })
  expect(server.ledger.count({ endpoint: 'token', grantType: 'refresh_token', status: 200 })).toBe(1)
  const token = await relyingParty.getAccessToken()
  const thief = await server.fetch(
    new Request(`${issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
  )
  expect(thief.status).toBe(401)
})

it('several resources are served from one refresh-token family', async () => {
  const { relyingParty, server, logIn } = createVisit({}, {})
  await logIn()
  const tokens = await Promise.all([
    relyingParty.for(`${issuer}/resource`).getAccessToken(),
    relyingParty.for('https://stock.example').getAccessToken(),
  ])
  expect(new Set(tokens).size).toBe(2)
  server.assert.noRefreshTokenReused()
  const families = server.ledger.tokens
    .filter(({ kind }) => kind === 'refresh_token')
    .map(({ familyId }) => familyId)
  expect(new Set(families).size).toBe(1)
})
