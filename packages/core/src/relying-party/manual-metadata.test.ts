import { decodeJwt, generateKeyPair } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { signerFromKey } from '../ports/signer.ts'
import { privateKeyJwt } from '../protocol/private-key-jwt.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

const metadata = {
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
}

describe('a server that is described by hand', () => {
  it('is asked for no metadata', async () => {
    const relyingParty = server.relyingParty({ metadata })
    await server.logIn(relyingParty)
    expect(relyingParty.session.status).toBe('authenticated')
    expect(server.requests.filter(({ url }) => url.includes('well-known'))).toHaveLength(0)
  })

  it.each([
    ['an endpoint over plain http', { token_endpoint: 'http://id.example/token' }, 'metadata_malformed'],
    ['an endpoint that is no URL', { token_endpoint: '/token' }, 'metadata_malformed'],
    ['another issuer', { issuer: `${issuer}/` }, 'metadata_issuer_mismatch'],
  ])('is refused with %s', (_, change, code) => {
    expect(() => server.relyingParty({ metadata: { ...metadata, ...change } })).toThrowError(
      expect.objectContaining({ code }),
    )
  })

  it('may have a bare host name for its issuer, where that is said', async () => {
    const name = 'login.example'
    const { privateKey } = await generateKeyPair('ES256')
    const relyingParty = server.relyingParty({
      issuer: name,
      issuerKind: 'name',
      metadata,
      scope: 'orders',
      clientAuthentication: privateKeyJwt(signerFromKey(privateKey)),
    })
    server.bend.callback = { iss: undefined }
    server.bend.tokenResponse = { id_token: undefined }
    await server.logIn(relyingParty)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
    const body = new URLSearchParams(server.tokenRequests()[0]?.body)
    expect(decodeJwt(body.get('client_assertion') ?? '').aud).toBe(name)
  })

  it('with such an issuer still has its iss compared', async () => {
    const relyingParty = server.relyingParty({ issuer: 'login.example', issuerKind: 'name', metadata })
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({ code: 'callback_issuer_mismatch' })
  })

  it('with such an issuer still needs https endpoints', () => {
    const insecure = { ...metadata, token_endpoint: 'http://id.example/token' }
    expect(() =>
      server.relyingParty({ issuer: 'login.example', issuerKind: 'name', metadata: insecure }),
    ).toThrowError(expect.objectContaining({ code: 'metadata_malformed' }))
  })

  it.each([
    ['where nothing says so', { metadata }],
    ['where there is no metadata', { issuerKind: 'name' as const }],
  ])('may not have one %s', (_, options) => {
    expect(() => server.relyingParty({ issuer: 'login.example', ...options })).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })
})

describe('authorization details', () => {
  const payment = { type: 'payment', amount: '10.00' }

  it('are asked for, and shown in the session as granted', async () => {
    server.bend.tokenResponse = { authorization_details: [{ ...payment, amount: '9.00' }] }
    const relyingParty = server.relyingParty()
    const { url } = await relyingParty.startLogin({ redirectUri, authorizationDetails: [payment] })
    expect(JSON.parse(new URL(url).searchParams.get('authorization_details') ?? '')).toEqual([payment])
    await server.logIn(relyingParty, { authorizationDetails: [payment] })
    expect(relyingParty.session).toMatchObject({
      authorizationDetails: [{ type: 'payment', amount: '9.00' }],
    })
  })

  it('stay when a refresh does not name them, and change when it does', async () => {
    server.bend.tokenResponse = { authorization_details: [payment] }
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    server.bend.tokenResponse = {}
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(relyingParty.session).toMatchObject({ authorizationDetails: [payment] })
    server.bend.tokenResponse = { authorization_details: [] }
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(relyingParty.session).toMatchObject({ authorizationDetails: [] })
  })

  it.each([['a text'], [[1]], [[{ amount: 1 }]], [{ type: 'payment' }]])(
    'that come as %j are refused',
    async (details) => {
      server.bend.tokenResponse = { authorization_details: details }
      await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({
        code: 'token_response_malformed',
      })
    },
  )
})
