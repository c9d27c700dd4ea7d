import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { type RegisteredClient, registerClient } from './client-registration.ts'

const endpoint = `${issuer}/register`
const redirectUris = ['https://app.example/callback']

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
  server.bend.metadata = { registration_endpoint: endpoint }
  server.on(endpoint, ({ body }) =>
    json(
      {
        client_id: 'new-client',
        client_secret: canary,
        client_secret_expires_at: 0,
        registration_access_token: `${canary}-registration`,
        registration_client_uri: `${endpoint}/new-client`,
        ...(JSON.parse(body) as object),
        scope: 'openid',
      },
      { status: 201 },
    ),
  )
})

const register = (initialAccessToken?: string): Promise<RegisteredClient> =>
  registerClient(
    { issuer, runtime: server.runtime, ...(initialAccessToken !== undefined && { initialAccessToken }) },
    { redirect_uris: redirectUris, client_name: 'App' },
  )

describe('the registration of a client', () => {
  it('gives it its id and secret, and what the server made of it', async () => {
    await expect(register()).resolves.toEqual({
      clientId: 'new-client',
      clientSecret: canary,
      clientSecretExpiresAt: 0,
      registrationAccessToken: `${canary}-registration`,
      registrationClientUri: `${endpoint}/new-client`,
      metadata: { redirect_uris: redirectUris, client_name: 'App', scope: 'openid' },
    })
    expect(server.requests.at(-1)?.headers.get('authorization')).toBeNull()
  })

  it('gives a public client no secret', async () => {
    server.on(endpoint, () => json({ client_id: 'public' }, { status: 201 }))
    await expect(register()).resolves.toMatchObject({ clientId: 'public', clientSecret: undefined })
  })

  it('may be allowed by a token', async () => {
    await register('initial')
    expect(server.requests.at(-1)?.headers.get('authorization')).toBe('Bearer initial')
  })

  it('copes with a server that answers 200', async () => {
    server.on(endpoint, () => json({ client_id: 'late' }))
    await expect(register()).resolves.toMatchObject({ clientId: 'late' })
  })

  it.each<[string, () => Response, string]>([
    ['a refusal', () => json({ error: 'invalid_redirect_uri' }, { status: 400 }), 'request_refused'],
    ['no client id', () => json({ client_secret: canary }, { status: 201 }), 'server_answer_malformed'],
    [
      'a client id that is a number',
      () => json({ client_id: 1 }, { status: 201 }),
      'server_answer_malformed',
    ],
    [
      'a secret without an end',
      () => json({ client_id: 'a', client_secret: canary }, { status: 201 }),
      'server_answer_malformed',
    ],
    ['status 500', () => new Response('', { status: 500 }), 'server_unavailable'],
  ])('that is answered with %s is a typed error without a secret', async (_, answer, code) => {
    server.on(endpoint, answer)
    await expect(register(canary)).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining(canary),
    })
  })

  it('says so where the server has no endpoint for it', async () => {
    server.bend.metadata = {}
    await expect(register()).rejects.toMatchObject({ code: 'not_supported_by_server' })
  })

  it('asks no issuer over plain http', async () => {
    await expect(
      registerClient({ issuer: 'http://id.example', runtime: server.runtime }, {}),
    ).rejects.toMatchObject({ code: 'insecure_url' })
    expect(server.requests).toHaveLength(0)
  })
})
