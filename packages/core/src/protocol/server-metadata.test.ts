import { beforeEach, describe, expect, it } from 'vitest'
import { createRelyingParty } from '../relying-party/create-relying-party.ts'
import { json } from '../testing/scripted-http.ts'
import {
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { wellKnownUrls } from './server-metadata.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

const start = (): Promise<unknown> => server.relyingParty().startLogin({ redirectUri })

describe('server metadata', () => {
  it('is looked for under both well-known addresses, with the path of the issuer in its two places', () => {
    expect(wellKnownUrls('https://id.example/tenant/')).toEqual([
      'https://id.example/tenant/.well-known/openid-configuration',
      'https://id.example/.well-known/oauth-authorization-server/tenant',
    ])
  })

  it.each([
    ['404', () => new Response('', { status: 404 })],
    ['an HTML page with status 200', () => new Response('<p>', { headers: { 'content-type': 'text/html' } })],
    ['a redirect', () => new Response(null, { status: 301, headers: { location: '/elsewhere' } })],
  ])('is found under the second address when the first answers with %s', async (_, answer) => {
    server.on(`${issuer}/.well-known/openid-configuration`, answer)
    server.on(`${issuer}/.well-known/oauth-authorization-server`, () =>
      json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }),
    )
    await expect(start()).resolves.toMatchObject({ url: expect.stringContaining(`${issuer}/authorize?`) })
  })

  it('that is nowhere is a typed error that names the issuer', async () => {
    const missing = (): Response => new Response('', { status: 404 })
    server.on(`${issuer}/.well-known/openid-configuration`, missing)
    server.on(`${issuer}/.well-known/oauth-authorization-server`, missing)
    await expect(start()).rejects.toMatchObject({
      code: 'metadata_malformed',
      message: expect.stringContaining(issuer),
    })
  })

  it.each([
    [`${issuer}/`, 'metadata_issuer_mismatch'],
    ['https://ID.example', 'metadata_issuer_mismatch'],
    ['https://evil.example', 'metadata_issuer_mismatch'],
    [undefined, 'metadata_malformed'],
  ])('that names the issuer %j is refused, and asked for again the next time', async (named, code) => {
    server.bend.metadata = { issuer: named }
    const relyingParty = server.relyingParty()
    await expect(relyingParty.startLogin({ redirectUri })).rejects.toMatchObject({ code })
    server.bend.metadata = {}
    await expect(relyingParty.startLogin({ redirectUri })).resolves.toBeDefined()
  })

  it.each([
    { token_endpoint: 'http://id.example/token' },
    { token_endpoint: 'http://127.0.0.1/token' },
    { jwks_uri: 'file:///etc/passwd' },
    { authorization_endpoint: 'javascript:alert(1)' },
    { userinfo_endpoint: 7 },
    { revocation_endpoint: 'https://user:pass@id.example/revoke' },
    { authorization_endpoint: undefined },
  ])('with the endpoint %j is refused', async (endpoint) => {
    server.bend.metadata = endpoint
    await expect(start()).rejects.toMatchObject({ code: 'metadata_malformed' })
  })

  it('is not asked for twice by callers at the same time', async () => {
    const relyingParty = server.relyingParty()
    await Promise.all([1, 2, 3].map(() => relyingParty.startLogin({ redirectUri })))
    expect(server.requests).toHaveLength(1)
  })

  it('that cannot be had because the device is offline says so', async () => {
    const offline = { http: () => Promise.reject(new TypeError('Failed to fetch')), isOnline: () => false }
    const relyingParty = server.relyingParty({ runtime: offline })
    await expect(relyingParty.startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'offline',
      retryable: true,
    })
  })
})

describe('an issuer', () => {
  const options = (given: string): Parameters<typeof createRelyingParty>[0] => ({
    issuer: given,
    clientId: 'spa',
    transactions: server.transactions,
    vault: server.vault,
  })

  it.each([
    ['http://id.example', 'insecure_url'],
    ['ftp://id.example', 'insecure_url'],
    ['id.example', 'invalid_configuration'],
    ['https://id.example?tenant=1', 'invalid_configuration'],
    ['https://id.example#a', 'invalid_configuration'],
    ['https://user@id.example', 'invalid_configuration'],
    ['', 'invalid_configuration'],
  ])('%j is refused when the relying party is made', (given, code) => {
    expect(() => createRelyingParty(options(given))).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    'http://localhost:4000',
    'http://as.localhost',
    'http://127.0.0.1:9000/path',
    'http://[::1]:80',
    'https://id.example/',
  ])('%s is taken', (given) => {
    expect(() => createRelyingParty(options(given))).not.toThrow()
  })
})
