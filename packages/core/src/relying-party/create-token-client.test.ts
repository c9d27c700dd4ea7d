import { ClientSecretBasic } from 'oauth4webapi'
import { beforeEach, describe, expect, it } from 'vitest'
import { requestClientCredentials } from '../protocol/client-credentials.ts'
import { requestJwtBearer } from '../protocol/jwt-bearer.ts'
import { exchangeToken, tokenTypes } from '../protocol/token-exchange.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import {
  answerInTurn,
  lastTokenRequest,
  refusal,
  scriptedTokenClient,
} from '../testing/token-client.test-support.ts'

let server: ScriptedServer
let tokenClient: TokenClient

beforeEach(async () => {
  server = await createScriptedServer()
  tokenClient = scriptedTokenClient(server)
})

describe('a token client', () => {
  it('asks for the metadata once, and again after a failure', async () => {
    server.bend.metadata = { issuer: undefined }
    await expect(requestClientCredentials(tokenClient)).rejects.toMatchObject({ code: 'metadata_malformed' })
    server.bend.metadata = {}
    await Promise.all([1, 2, 3].map(() => requestClientCredentials(tokenClient)))
    const documents = server.requests.filter(({ url }) => url.includes('/.well-known/'))
    expect(documents).toHaveLength(2)
  })

  it('asks for none where the endpoints are handed in', async () => {
    const metadata = { token_endpoint: `${issuer}/oauth/token` }
    server.on(metadata.token_endpoint, () => json({ access_token: 'a', token_type: 'Bearer' }))
    await requestClientCredentials(scriptedTokenClient(server, { metadata }))
    expect(server.requests.map(({ url }) => url)).toEqual([metadata.token_endpoint])
  })

  it.each([
    [{ metadata: { token_endpoint: 'http://id.example/token' } }, 'metadata_malformed'],
    [{ clientId: '' }, 'invalid_configuration'],
    [{ issuer: 'http://id.example' }, 'insecure_url'],
  ])('with %j is not made', (options, code) => {
    expect(() => scriptedTokenClient(server, options)).toThrow(expect.objectContaining({ code }))
  })

  it('needs a token endpoint', async () => {
    server.bend.metadata = { token_endpoint: undefined }
    await expect(requestClientCredentials(tokenClient)).rejects.toMatchObject({
      code: 'not_supported_by_server',
    })
  })
})

describe('client credentials', () => {
  it('give an access token in the name of the client', async () => {
    server.bend.tokenResponse = { id_token: undefined, refresh_token: undefined, scope: undefined }
    const daemon = scriptedTokenClient(server, { clientAuthentication: ClientSecretBasic('secret') })
    const options = { scope: 'storage', resource: 'https://api.example', extraParameters: { audience: 'a' } }
    await expect(requestClientCredentials(daemon, options)).resolves.toEqual({
      accessToken: `${canary}-access-1`,
      tokenType: 'bearer',
      expiresIn: 3_600,
      refreshToken: undefined,
      scope: 'storage',
      idToken: undefined,
      claims: undefined,
    })
    expect(lastTokenRequest(server)).toEqual({
      grant_type: 'client_credentials',
      scope: 'storage',
      resource: 'https://api.example',
      audience: 'a',
    })
    expect(server.tokenRequests()[0]?.headers.get('authorization')).toMatch(/^Basic /)
  })

  it('say which scope was granted where it is less than was asked', async () => {
    server.bend.tokenResponse = { scope: 'storage.read' }
    const response = await requestClientCredentials(tokenClient, { scope: 'storage.read storage.write' })
    expect(response.scope).toBe('storage.read')
  })

  it('let no parameter of the application replace one of theirs', async () => {
    const extraParameters = { grant_type: 'password', client_id: 'other', scope: 'everything' }
    await requestClientCredentials(tokenClient, { scope: 'storage', extraParameters })
    expect([...new URLSearchParams(server.tokenRequests()[0]?.body)].sort()).toEqual([
      ['client_id', 'spa'],
      ['grant_type', 'client_credentials'],
      ['scope', 'storage'],
    ])
  })

  it('verify an ID token that comes all the same', async () => {
    server.bend.idToken = (token) => `${token.slice(0, -4)}AAAA`
    await expect(requestClientCredentials(tokenClient)).rejects.toMatchObject({
      code: 'id_token_signature_invalid',
    })
  })

  it.each([
    ['7', 7],
    ['99999', 3_600],
    ['soon', undefined],
  ])('that are refused with Retry-After: %s say when to come back', async (header, retryAfter) => {
    answerInTurn(server, [refusal('temporarily_unavailable', { headers: { 'retry-after': header } })])
    const error: unknown = await requestClientCredentials(tokenClient).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      name: 'ServerError',
      code: 'request_refused',
      error: 'temporarily_unavailable',
      status: 400,
    })
    expect((error as { retryAfter?: number }).retryAfter).toBe(retryAfter)
  })
})

describe('an assertion', () => {
  it('gives an access token for its subject', async () => {
    const response = await requestJwtBearer(tokenClient, { assertion: 'a.b.c', scope: 'orders' })
    expect(response).toMatchObject({ accessToken: `${canary}-access-1`, scope: 'orders' })
    expect(lastTokenRequest(server)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: 'a.b.c',
      client_id: 'spa',
      scope: 'orders',
    })
  })

  it('that the server does not take is not in the error', async () => {
    const description = `assertion ${canary}.${canary}.${canary}.${canary}.${canary} is expired`
    answerInTurn(server, [
      () => json({ error: 'invalid_grant', error_description: description }, { status: 400 }),
    ])
    const error: unknown = await requestJwtBearer(tokenClient, { assertion: canary }).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'request_refused', error: 'invalid_grant' })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(canary)
  })
})

describe('a token exchange', () => {
  beforeEach(() => {
    server.bend.tokenResponse = { id_token: undefined, issued_token_type: tokenTypes.accessToken }
  })

  it('gives another token for one, and says of what kind it is', async () => {
    const exchanged = await exchangeToken(tokenClient, {
      subjectToken: 'subject',
      actorToken: 'actor',
      actorTokenType: tokenTypes.jwt,
      audience: ['orders', 'invoices'],
      resource: 'https://api.example',
      scope: 'orders.read',
      requestedTokenType: tokenTypes.accessToken,
    })
    expect(exchanged).toMatchObject({
      accessToken: `${canary}-access-1`,
      tokenType: 'bearer',
      issuedTokenType: tokenTypes.accessToken,
      scope: 'orders.read',
    })
    expect([...new URLSearchParams(server.tokenRequests()[0]?.body)].sort()).toEqual(
      [
        ['actor_token', 'actor'],
        ['actor_token_type', tokenTypes.jwt],
        ['audience', 'orders'],
        ['audience', 'invoices'],
        ['client_id', 'spa'],
        ['grant_type', 'urn:ietf:params:oauth:grant-type:token-exchange'],
        ['requested_token_type', tokenTypes.accessToken],
        ['resource', 'https://api.example'],
        ['scope', 'orders.read'],
        ['subject_token', 'subject'],
        ['subject_token_type', tokenTypes.accessToken],
      ].sort(),
    )
  })

  it('sends only what it is given', async () => {
    await exchangeToken(tokenClient, { subjectToken: 'subject', subjectTokenType: tokenTypes.idToken })
    expect(lastTokenRequest(server)).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'subject',
      subject_token_type: tokenTypes.idToken,
      client_id: 'spa',
    })
  })

  it('gives a token that is no access token as such', async () => {
    server.bend.tokenResponse = {
      id_token: undefined,
      token_type: 'N_A',
      issued_token_type: tokenTypes.saml2,
    }
    await expect(exchangeToken(tokenClient, { subjectToken: 'subject' })).resolves.toMatchObject({
      tokenType: 'n_a',
      issuedTokenType: tokenTypes.saml2,
    })
  })

  it.each([{ issued_token_type: undefined }, { issued_token_type: 7 }, { token_type: 'mac' }])(
    'whose answer has %j is refused',
    async (members) => {
      server.bend.tokenResponse = { ...server.bend.tokenResponse, ...members }
      await expect(exchangeToken(tokenClient, { subjectToken: 'subject' })).rejects.toMatchObject({
        code: 'token_response_malformed',
      })
    },
  )

  it('for a target that the server refuses says so', async () => {
    answerInTurn(server, [refusal('invalid_target')])
    const exchange = exchangeToken(tokenClient, { subjectToken: 'subject', audience: 'evil' })
    await expect(exchange).rejects.toMatchObject({ code: 'request_refused', error: 'invalid_target' })
  })

  it('is the only grant that takes N_A', async () => {
    server.bend.tokenResponse = { token_type: 'N_A' }
    await expect(requestClientCredentials(tokenClient)).rejects.toMatchObject({
      code: 'token_response_malformed',
    })
  })
})
