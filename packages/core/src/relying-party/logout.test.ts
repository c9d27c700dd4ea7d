import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'

let server: ScriptedServer
let relyingParty: RelyingParty

beforeEach(async () => {
  server = await createScriptedServer()
  relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
})

describe('a logout', () => {
  it('erases here, revokes the refresh token and gives the end-session request', async () => {
    const request = await relyingParty.endSession({ postLogoutRedirectUri: 'https://app.example/' })
    expect(relyingParty.session).toEqual({ status: 'anonymous' })
    const revocation = server.requests.find(({ url }) => url === `${issuer}/revoke`)
    expect(Object.fromEntries(new URLSearchParams(revocation?.body))).toEqual({
      client_id: 'spa',
      token: `${canary}-refresh-1`,
      token_type_hint: 'refresh_token',
    })
    expect(request).toEqual({
      endpoint: `${issuer}/logout`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      parameters: {
        client_id: 'spa',
        id_token_hint: expect.stringContaining('.'),
        post_logout_redirect_uri: 'https://app.example/',
        state: request?.state,
      },
    })
  })

  it.each([
    ['fails', () => new Response('', { status: 503 })],
    ['refuses', () => json({ error: 'unsupported_token_type' }, { status: 400 })],
  ])('is done here even when the revocation %s', async (_, answer) => {
    server.on(`${issuer}/revoke`, answer)
    await expect(relyingParty.endSession()).resolves.toMatchObject({ endpoint: `${issuer}/logout` })
    expect(await server.vault.get(`concierge:tokens:spa@${issuer}`)).toBeUndefined()
  })

  it('does not wait for the revocation where somebody else does', async () => {
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    server.on(`${issuer}/revoke`, () => held.then(() => new Response('', { status: 503 })))
    const revocations: Promise<void>[] = []
    const revokeBeside = (revocation: Promise<void>): void => void revocations.push(revocation)
    await expect(relyingParty.endSession({ revokeBeside })).resolves.toMatchObject({ parameters: {} })
    release()
    await expect(Promise.all(revocations)).resolves.toHaveLength(1)
  })

  it('needs no endpoints at the server', async () => {
    server.bend.metadata = { revocation_endpoint: undefined, end_session_endpoint: undefined }
    const plain = server.relyingParty()
    await server.logIn(plain)
    await expect(plain.endSession()).resolves.toBeUndefined()
    expect(plain.session.status).toBe('anonymous')
  })

  it('is done here even when the server cannot be reached', async () => {
    const offline = server.relyingParty({ runtime: { http: () => Promise.reject(new TypeError('offline')) } })
    await offline.restore()
    await expect(offline.endSession()).resolves.toBeUndefined()
    expect(offline.session.status).toBe('anonymous')
    expect(await server.vault.get(`concierge:tokens:spa@${issuer}`)).toBeUndefined()
  })
})

describe('user info', () => {
  it('is what the server says of the user', async () => {
    await expect(relyingParty.userInfo()).resolves.toEqual({ sub: 'ada', name: 'Ada' })
  })

  it.each([
    ['another subject', () => json({ sub: 'eve' }), 'user_info_invalid'],
    ['no subject', () => json({ name: 'Ada' }), 'user_info_invalid'],
    [
      'an HTML page',
      () => new Response('<p>', { headers: { 'content-type': 'text/html' } }),
      'unexpected_response',
    ],
    [
      'a refusal',
      () =>
        new Response('', { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } }),
      'request_refused',
    ],
  ])('with %s is refused', async (_, answer, code) => {
    server.on(`${issuer}/userinfo`, answer)
    await expect(relyingParty.userInfo()).rejects.toMatchObject({ code })
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada' } })
  })

  it('needs an ID token to be compared with, and an endpoint', async () => {
    server.bend.metadata = { userinfo_endpoint: undefined }
    const plain = server.relyingParty()
    await server.logIn(plain)
    await expect(plain.userInfo()).rejects.toMatchObject({ code: 'not_supported_by_server' })
    server.bend.tokenResponse = { id_token: undefined }
    const oauthOnly = server.relyingParty({ scope: 'orders.read' })
    await server.logIn(oauthOnly)
    await expect(oauthOnly.userInfo()).rejects.toMatchObject({ code: 'login_required' })
  })
})

describe('an authorization request', () => {
  it('has PKCE S256, state and nonce, independent, new for each login and 256 bits long', async () => {
    const urls = await Promise.all([1, 2].map(() => relyingParty.startLogin({ redirectUri })))
    const [first, second] = urls.map(({ url }) => new URL(url).searchParams)
    expect(Object.fromEntries(first ?? [])).toMatchObject({
      response_type: 'code',
      client_id: 'spa',
      redirect_uri: redirectUri,
      scope: 'openid profile',
      code_challenge_method: 'S256',
    })
    const values = ['state', 'nonce', 'code_challenge'].flatMap((name) => [
      first?.get(name),
      second?.get(name),
    ])
    expect(new Set(values).size).toBe(6)
    for (const value of values) expect(value).toMatch(/^[\w-]{43}$/)
  })

  it('carries what the login asks for', async () => {
    const { url } = await relyingParty.startLogin({
      redirectUri,
      scope: 'openid email',
      prompt: 'login',
      loginHint: 'ada',
      uiLocales: ['de', 'en'],
      acrValues: ['mfa'],
      maxAge: 0,
      resource: ['https://api.example/orders', 'https://api.example/stock'],
      extraParameters: { audience: 'orders' },
    })
    expect(new URL(url).searchParams.getAll('resource')).toEqual([
      'https://api.example/orders',
      'https://api.example/stock',
    ])
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      scope: 'openid email',
      prompt: 'login',
      login_hint: 'ada',
      ui_locales: 'de en',
      acr_values: 'mfa',
      max_age: '0',
      audience: 'orders',
    })
  })

  it.each(['state', 'nonce', 'code_challenge_method', 'redirect_uri'])(
    'does not let %s be set from outside',
    async (name) => {
      const login = relyingParty.startLogin({ redirectUri, extraParameters: { [name]: 'x' } })
      await expect(login).rejects.toMatchObject({ code: 'invalid_configuration' })
    },
  )
})
