import { beforeEach, describe, expect, it } from 'vitest'
import { createTokenClient } from '../relying-party/create-token-client.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { clientSecretBasic } from './client-secret.ts'
import { type Introspection, requestIntrospection } from './introspection.ts'

const endpoint = `${issuer}/introspect`

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
  server.bend.metadata = { introspection_endpoint: endpoint }
  server.on(endpoint, () => json({ active: true, sub: 'ada', scope: 'orders' }))
})

function introspect(hint?: 'access_token' | 'refresh_token'): Promise<Introspection> {
  const { runtime } = server
  const clientAuthentication = clientSecretBasic('secret')
  const tokenClient = createTokenClient({ issuer, clientId: 'api', clientAuthentication, runtime })
  return requestIntrospection(tokenClient, `${canary}-token`, hint)
}

const jwt = (body: string): Response =>
  new Response(body, { headers: { 'content-type': 'application/token-introspection+jwt' } })

describe('introspection', () => {
  it('says what an active token is good for', async () => {
    await expect(introspect()).resolves.toEqual({ active: true, sub: 'ada', scope: 'orders' })
  })

  it('says that a token is not active', async () => {
    server.on(endpoint, () => json({ active: false }))
    await expect(introspect()).resolves.toEqual({ active: false })
  })

  it('sends token and hint in the body, with the proof of the client', async () => {
    await introspect('access_token')
    const seen = server.requests.at(-1)
    expect(seen).toMatchObject({ method: 'POST', url: endpoint })
    expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
      token: `${canary}-token`,
      token_type_hint: 'access_token',
    })
    expect(seen?.headers.get('authorization')).toBe(`Basic ${btoa('api:secret')}`)
  })

  it('takes a signed answer when it verifies', async () => {
    const iat = server.clock.wallTime() / 1000
    const claims = { iss: issuer, aud: 'api', iat, token_introspection: { active: true, sub: 'ada' } }
    server.on(endpoint, async () => jwt(await server.sign(claims, { typ: 'token-introspection+jwt' })))
    await expect(introspect()).resolves.toEqual({ active: true, sub: 'ada' })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>, string]>([
    ['of another issuer', { iss: 'https://evil.example' }, {}, 'server_answer_malformed'],
    ['for another client', { aud: 'spa' }, {}, 'server_answer_malformed'],
    ['of another kind', {}, { typ: 'at+jwt' }, 'server_answer_malformed'],
    ['with an unknown key', {}, { kid: 'another' }, 'key_not_found'],
  ])('refuses a signed answer %s', async (_, change, header, code) => {
    const iat = server.clock.wallTime() / 1000
    const claims = { iss: issuer, aud: 'api', iat, token_introspection: { active: true }, ...change }
    server.on(endpoint, async () =>
      jwt(await server.sign(claims, { typ: 'token-introspection+jwt', ...header })),
    )
    await expect(introspect()).rejects.toMatchObject({ code })
  })

  it('refuses a signed answer whose signature is broken', async () => {
    const iat = server.clock.wallTime() / 1000
    const claims = { iss: issuer, aud: 'api', iat, token_introspection: { active: true } }
    server.on(endpoint, async () => {
      const token = await server.sign(claims, { typ: 'token-introspection+jwt' })
      return jwt(token.replace(/[^.]+$/, (text) => (text.startsWith('A') ? 'B' : 'A') + text.slice(1)))
    })
    await expect(introspect()).rejects.toMatchObject({ code: 'server_answer_malformed' })
  })

  it.each<[string, () => Response, string]>([
    ['active in words', () => json({ active: 'true' }), 'server_answer_malformed'],
    ['no active', () => json({}), 'server_answer_malformed'],
    [
      'an HTML page',
      () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      'unexpected_response',
    ],
    ['a refusal', () => json({ error: 'invalid_client' }, { status: 401 }), 'request_refused'],
    ['status 503', () => new Response('', { status: 503 }), 'server_unavailable'],
  ])('that is answered with %s is a typed error without the token', async (_, answer, code) => {
    server.on(endpoint, answer)
    await expect(introspect()).rejects.toMatchObject({ code, message: expect.not.stringContaining(canary) })
  })

  it('says so where the server has no endpoint for it', async () => {
    server.bend.metadata = {}
    await expect(introspect()).rejects.toMatchObject({ code: 'not_supported_by_server' })
  })
})
