import {
  createMemoryKeyStore,
  createMemoryStore,
  createRelyingParty,
  dpop,
  jwtResponse,
  privateKeyJwt,
  pushedAuthorization,
  type RelyingParty,
  type RelyingPartyOptions,
  signedRequest,
  signerFromKey,
} from '@oauth-concierge/core'
import {
  type ClientOptions,
  createReferenceServer,
  type ReferenceServer,
} from '@oauth-concierge/reference-server'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, it } from 'vitest'

const issuer = 'https://id.example'
const redirectUri = 'https://app.example/callback'

interface Visit {
  readonly server: ReferenceServer
  readonly relyingParty: RelyingParty
}

function createVisit(client: Partial<ClientOptions>, options: Partial<RelyingPartyOptions>): Visit {
  const server = createReferenceServer({
    issuer,
    clients: [{ clientId: 'app', redirectUris: [redirectUri], ...client }],
    resources: [{ identifier: `${issuer}/resource` }, { identifier: 'https://stock.example' }],
  })
  const relyingParty = createRelyingParty({
    issuer,
    clientId: 'app',
    apis: [issuer],
    transactions: createMemoryStore(),
    vault: createMemoryStore(),
    ...options,
    runtime: { http: (url, init) => server.fetch(new Request(url, init)) },
  })
  return { server, relyingParty }
}

async function logIn({ server, relyingParty }: Visit): Promise<void> {
  const { url } = await relyingParty.startLogin({ redirectUri })
  const back = await server.signIn({ url })
  await relyingParty.finishLogin(back.searchParams)
}

async function createSigner() {
  const pair = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'app-1', alg: 'ES256' }] }
  return { jwks, signer: signerFromKey(pair.privateKey, { keyId: 'app-1' }) }
}

describe('against the reference server', () => {
  it('a request is pushed, and a plain one refused where pushing is required', async () => {
    const pushed = createVisit(
      { requirePushedAuthorizationRequests: true },
      { authorization: [pushedAuthorization()] },
    )
    await logIn(pushed)
    expect(pushed.server.ledger.count({ path: '/par', status: 201 })).toBe(1)
    const plain = createVisit({ requirePushedAuthorizationRequests: true }, {})
    await expect(logIn(plain)).rejects.toThrow()
  })

  it('a request is signed, pushed and answered with a signed response, by a client with a key', async () => {
    const { jwks, signer } = await createSigner()
    const visit = createVisit(
      { jwks, requireSignedRequestObject: true },
      {
        clientAuthentication: privateKeyJwt(signer),
        authorization: [jwtResponse(), signedRequest(signer), pushedAuthorization({ mode: 'required' })],
      },
    )
    await logIn(visit)
    expect(visit.relyingParty.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    visit.server.clock.advance(10)
    await expect(visit.relyingParty.userInfo()).resolves.toMatchObject({ sub: 'ada' })
  })

  it('tokens are bound to a key through login, calls, refreshes and user info, with nonces of the server', async () => {
    const visit = createVisit(
      { dpopBoundAccessTokens: true },
      { senderConstraint: dpop({ keys: createMemoryKeyStore() }) },
    )
    await logIn(visit)
    const { relyingParty, server } = visit
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
    const visit = createVisit({}, {})
    await logIn(visit)
    const { relyingParty, server } = visit
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
})
