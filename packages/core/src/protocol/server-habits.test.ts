import { beforeEach, describe, expect, it } from 'vitest'
import type { RelyingParty } from '../relying-party/create-relying-party.ts'
import { json, type Script } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { lastTokenRequest, scriptedTokenClient } from '../testing/token-client.test-support.ts'
import { requestClientCredentials } from './client-credentials.ts'
import { type DeadRefreshTokenSign, serverHabits, type ServerHabitsOptions } from './server-habits.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

async function loggedIn(options?: ServerHabitsOptions): Promise<RelyingParty> {
  const relyingParty = server.relyingParty(options && { serverHabits: serverHabits(options) })
  await server.logIn(relyingParty)
  return relyingParty
}

const html = { headers: { 'content-type': 'text/html; charset=utf-8' } }
const deadTokens: [string, DeadRefreshTokenSign, Script, string][] = [
  [
    '400',
    'invalid_request',
    () => json({ error: 'invalid_request', hint: 'x' }, { status: 400 }),
    'request_refused',
  ],
  ['401', 'invalid_request', () => json({ error: 'invalid_request' }, { status: 401 }), 'request_refused'],
  [
    '401 and a challenge',
    'invalid_request',
    () => json({ error: 'invalid_request' }, { status: 401, headers: { 'www-authenticate': 'Basic' } }),
    'request_refused',
  ],
  ['400', 'empty_400', () => new Response(null, { status: 400 }), 'unexpected_response'],
  ['500', 'html_500', () => new Response('<p>Error</p>', { ...html, status: 500 }), 'server_unavailable'],
]

describe('a dead refresh token that the server tells of', () => {
  it.each(deadTokens)('with %s as %s ends the session where that is declared', async (_, sign, answer) => {
    const relyingParty = await loggedIn({ deadRefreshToken: [sign] })
    server.on(`${issuer}/token`, answer)
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
    expect(relyingParty.session).toMatchObject({ status: 'expired', claims: { sub: 'ada' } })
    expect(await server.vault.get(`concierge:tokens:spa@${issuer}`)).toBeUndefined()
  })

  it.each(deadTokens)('with %s as %s leaves the session alive by default', async (_, sign, answer, code) => {
    const others = deadTokens.map(([, other]) => other).filter((other) => other !== sign)
    for (const options of [undefined, { deadRefreshToken: others }]) {
      const relyingParty = await loggedIn(options)
      const usual = server.on(`${issuer}/token`, answer)
      await server.clock.advance(3_600)
      await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code, sessionSurvives: true })
      expect(relyingParty.session.status).toBe('authenticated')
      if (usual) server.on(`${issuer}/token`, usual)
    }
  })

  it.each<[string, Script]>([
    ['500 without HTML', () => json({ error: 'server_error' }, { status: 500 })],
    ['502 with HTML', () => new Response('<p>', { ...html, status: 502 })],
    ['an empty 404', () => new Response(null, { status: 404 })],
    ['400 with text', () => new Response('sorry', { status: 400 })],
    ['another error code', () => json({ error: 'invalid_client' }, { status: 401 })],
    ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
  ])('is none of these: %s', async (_, answer) => {
    const deadRefreshToken: DeadRefreshTokenSign[] = ['invalid_request', 'empty_400', 'html_500']
    const relyingParty = await loggedIn({ deadRefreshToken })
    server.on(`${issuer}/token`, answer)
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ sessionSurvives: true })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('does not end a login: there the same answers are what they are', async () => {
    const relyingParty = server.relyingParty({
      serverHabits: serverHabits({ deadRefreshToken: ['invalid_request'] }),
    })
    server.on(`${issuer}/token`, () => json({ error: 'invalid_request' }, { status: 400 }))
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({ error: 'invalid_request' })
  })
})

describe('a token response without token_type', () => {
  beforeEach(() => {
    server.bend.tokenResponse = { token_type: undefined }
  })

  it('is refused by default', async () => {
    await expect(loggedIn()).rejects.toMatchObject({ code: 'token_response_malformed' })
    await expect(loggedIn({})).rejects.toMatchObject({ code: 'token_response_malformed' })
  })

  it('counts as Bearer where that is declared, at a login, a refresh and a grant', async () => {
    const options: ServerHabitsOptions = { absentTokenType: 'bearer' }
    const relyingParty = await loggedIn(options)
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada' } })
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
    const tokenClient = scriptedTokenClient(server, { serverHabits: serverHabits(options) })
    await expect(requestClientCredentials(tokenClient)).resolves.toMatchObject({ tokenType: 'bearer' })
  })

  it('is not made up where the server gives another', async () => {
    server.bend.tokenResponse = { token_type: 'mac' }
    await expect(loggedIn({ absentTokenType: 'bearer' })).rejects.toMatchObject({
      code: 'token_response_malformed',
    })
  })

  it('has its ID token verified all the same', async () => {
    server.bend.claims = { nonce: 'another' }
    await expect(loggedIn({ absentTokenType: 'bearer' })).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim: 'nonce',
    })
  })
})

describe('what a server does by habit that needs no option', () => {
  it('a shrunk scope is shown as granted, at a login and at a refresh', async () => {
    server.bend.tokenResponse = { scope: 'openid' }
    const relyingParty = await loggedIn()
    expect(relyingParty.session).toMatchObject({ scope: ['openid'] })
    server.bend.tokenResponse = { scope: undefined }
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(relyingParty.session).toMatchObject({ scope: ['openid'] })
  })

  it('an absent scope is the one asked for', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty, { scope: 'openid orders' })
    expect(relyingParty.session).toMatchObject({ scope: ['openid', 'orders'] })
  })

  it('a revocation of an unknown token that is answered 400 does not disturb a logout', async () => {
    const relyingParty = await loggedIn()
    server.on(`${issuer}/revoke`, () => json({ error: 'invalid_request' }, { status: 400 }))
    await expect(relyingParty.endSession()).resolves.toMatchObject({ endpoint: `${issuer}/logout` })
    expect(relyingParty.session.status).toBe('anonymous')
  })

  it('metadata that has moved is not followed, and the error says that it has', async () => {
    const moved = (): Response => new Response(null, { status: 301, headers: { location: '/elsewhere' } })
    server.on(`${issuer}/.well-known/openid-configuration`, moved)
    server.on(`${issuer}/.well-known/oauth-authorization-server`, () => new Response('', { status: 404 }))
    await expect(server.relyingParty().startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'redirected',
      status: 301,
      message: expect.stringContaining('/.well-known/openid-configuration redirects'),
    })
  })

  it('an ID token in every refresh is verified, and its claims are the session’s from then on', async () => {
    const relyingParty = await loggedIn()
    server.bend.claims = { name: 'Ada', aud: ['spa'] }
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    expect(lastTokenRequest(server)).toMatchObject({ grant_type: 'refresh_token' })
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada', name: 'Ada' } })
  })
})
