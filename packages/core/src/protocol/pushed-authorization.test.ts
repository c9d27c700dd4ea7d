import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { clientSecretPost } from './client-secret.ts'
import { pushedAuthorization } from './pushed-authorization.ts'

const endpoint = `${issuer}/par`
const requestUri = 'urn:ietf:params:oauth:request_uri:abc'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
  server.bend.metadata = { pushed_authorization_request_endpoint: endpoint }
  server.on(endpoint, () => json({ request_uri: requestUri, expires_in: 60 }, { status: 201 }))
})

const pushed = (): URLSearchParams[] =>
  server.requests.filter(({ url }) => url === endpoint).map(({ body }) => new URLSearchParams(body))

describe('a pushed authorization request', () => {
  it('leaves nothing but a reference in the address', async () => {
    const relyingParty = server.relyingParty({ authorization: [pushedAuthorization()] })
    const { url } = await relyingParty.startLogin({ redirectUri, loginHint: 'ada' })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      client_id: 'spa',
      request_uri: requestUri,
    })
    expect(Object.fromEntries(pushed()[0] ?? [])).toMatchObject({
      client_id: 'spa',
      response_type: 'code',
      redirect_uri: redirectUri,
      login_hint: 'ada',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  it('proves the client', async () => {
    const clientAuthentication = clientSecretPost('secret')
    const relyingParty = server.relyingParty({ clientAuthentication, authorization: [pushedAuthorization()] })
    await relyingParty.startLogin({ redirectUri })
    expect(pushed()[0]?.get('client_secret')).toBe('secret')
  })

  it('leads to a whole login', async () => {
    const relyingParty = server.relyingParty({ authorization: [pushedAuthorization({ mode: 'required' })] })
    const { state } = await relyingParty.startLogin({ redirectUri })
    const nonce = pushed()[0]?.get('nonce')
    server.bend.claims = { nonce }
    const answer = new URLSearchParams({ code: 'code', state, iss: issuer })
    await expect(relyingParty.finishLogin(answer)).resolves.toEqual({})
  })

  it.each([
    ['an error', () => json({ error: 'invalid_request' }, { status: 400 }), 'request_refused'],
    ['status 405', () => new Response('', { status: 405 }), 'unexpected_response'],
    ['status 413', () => new Response('', { status: 413 }), 'unexpected_response'],
    ['status 429', () => new Response('', { status: 429, headers: { 'retry-after': '9' } }), 'rate_limited'],
    ['status 500', () => new Response('', { status: 500 }), 'server_unavailable'],
    ['status 200', () => json({ request_uri: requestUri, expires_in: 60 }), 'unexpected_response'],
    ['no request_uri', () => json({ expires_in: 60 }, { status: 201 }), 'server_answer_malformed'],
    ['no lifetime', () => json({ request_uri: requestUri }, { status: 201 }), 'server_answer_malformed'],
  ])('that is answered with %s is an error, never a plain request', async (_, answer, code) => {
    server.on(endpoint, answer)
    for (const mode of ['auto', 'required'] as const) {
      const relyingParty = server.relyingParty({ authorization: [pushedAuthorization({ mode })] })
      await expect(relyingParty.startLogin({ redirectUri })).rejects.toMatchObject({ code })
    }
  })

  it('that gets no answer is a time-out, never a plain request', async () => {
    const asked = new Promise<void>((resolve) => {
      server.on(endpoint, () => {
        resolve()
        return new Promise<Response>(() => undefined)
      })
    })
    const started = server
      .relyingParty({ authorization: [pushedAuthorization()] })
      .startLogin({ redirectUri })
    started.catch(() => undefined)
    await asked
    await server.clock.advance(11)
    await expect(started).rejects.toMatchObject({ code: 'timed_out' })
  })
})

describe('a server without an endpoint for pushed requests', () => {
  beforeEach(() => {
    server.bend.metadata = {}
  })

  it('gets a plain request in the mode auto', async () => {
    const relyingParty = server.relyingParty({ authorization: [pushedAuthorization()] })
    const { url } = await relyingParty.startLogin({ redirectUri })
    expect(new URL(url).searchParams.get('redirect_uri')).toBe(redirectUri)
  })

  it('is refused in the mode required', async () => {
    const relyingParty = server.relyingParty({ authorization: [pushedAuthorization({ mode: 'required' })] })
    await expect(relyingParty.startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'not_supported_by_server',
    })
  })
})

describe('a server that demands pushed requests', () => {
  beforeEach(() => {
    server.bend.metadata = {
      pushed_authorization_request_endpoint: endpoint,
      require_pushed_authorization_requests: true,
    }
  })

  it('gets no plain one: the error names the extension', async () => {
    await expect(server.relyingParty().startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'extension_missing',
      message: expect.stringContaining('pushedAuthorization'),
    })
  })

  it('is content with a pushed one', async () => {
    const relyingParty = server.relyingParty({ authorization: [pushedAuthorization()] })
    await expect(relyingParty.startLogin({ redirectUri })).resolves.toBeDefined()
  })
})
