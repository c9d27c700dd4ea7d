import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

describe('a callback', () => {
  it('gives back what the application left with the login', async () => {
    const relyingParty = server.relyingParty()
    const parameters = await server.visit(relyingParty, { returnTo: '/orders', appState: { page: 2 } })
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({
      returnTo: '/orders',
      appState: { page: 2 },
    })
    expect(relyingParty.session).toEqual({
      status: 'authenticated',
      claims: expect.objectContaining({ sub: 'ada' }),
      scope: ['openid', 'profile'],
      accessTokenExpiresAt: server.clock.wallTime() / 1000 + 3_600,
    })
  })

  it('costs one token request, with the key set fetched beside it and no second discovery', async () => {
    const first = server.relyingParty()
    const parameters = await server.visit(first)
    const reloaded = server.relyingParty()
    const before = server.requests.length
    await reloaded.finishLogin(parameters)
    expect(
      server.requests
        .slice(before)
        .map(({ url }) => url)
        .sort(),
    ).toEqual([`${issuer}/jwks`, `${issuer}/token`])
  })

  it.each([
    ['no state', { state: undefined }, 'callback_state_missing'],
    ['an empty state', { state: '' }, 'callback_state_missing'],
    ['an unknown state', { state: 'x'.repeat(43) }, 'callback_state_unknown'],
    ['no code', { code: undefined }, 'callback_malformed'],
    ['an empty code', { code: '' }, 'callback_malformed'],
    ['an access token', { access_token: canary }, 'callback_malformed'],
    ['an ID token', { id_token: canary }, 'callback_malformed'],
    ['a JARM response', { response: canary }, 'callback_malformed'],
    ['the iss of another server', { iss: 'https://evil.example' }, 'callback_issuer_mismatch'],
    ['an iss with a trailing slash', { iss: `${issuer}/` }, 'callback_issuer_mismatch'],
    ['no iss although the server promises it', { iss: undefined }, 'callback_issuer_mismatch'],
    [
      'an error with the iss of another server',
      { error: 'access_denied', iss: 'https://evil.example' },
      'callback_issuer_mismatch',
    ],
    ['the error access_denied', { code: undefined, error: 'access_denied' }, 'access_denied'],
    ['another error', { code: undefined, error: 'server_error' }, 'authorization_refused'],
  ])('with %s is refused before any token request', async (_, bend, code) => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    const { session } = relyingParty
    Object.assign(server.bend.callback, bend)
    const parameters = await server.visit(relyingParty)
    const requests = server.tokenRequests().length
    await expect(relyingParty.finishLogin(parameters)).rejects.toMatchObject({ code })
    expect(server.tokenRequests()).toHaveLength(requests)
    expect(relyingParty.session).toBe(session)
  })

  it.each(['code', 'state', 'iss', 'error'])(
    'with %s twice is refused before any token request',
    async (name) => {
      const relyingParty = server.relyingParty()
      const parameters = await server.visit(relyingParty)
      parameters.append(name, parameters.get(name) ?? 'x')
      parameters.append(name, parameters.get(name) ?? 'x')
      await expect(relyingParty.finishLogin(parameters)).rejects.toMatchObject({ code: 'callback_malformed' })
      expect(server.tokenRequests()).toHaveLength(0)
    },
  )

  it('whose login began over 15 minutes ago is refused', async () => {
    const relyingParty = server.relyingParty()
    const parameters = await server.visit(relyingParty)
    await server.clock.advance(901)
    await expect(relyingParty.finishLogin(parameters)).rejects.toMatchObject({ code: 'callback_expired' })
  })

  it('with an unknown state leaves a pending login alone', async () => {
    const relyingParty = server.relyingParty()
    const parameters = await server.visit(relyingParty)
    await expect(
      relyingParty.finishLogin(new URLSearchParams({ code: 'evil', state: 'x', iss: issuer })),
    ).rejects.toThrow()
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({})
  })

  it('shows an error description as plain text without what could be a token', async () => {
    Object.assign(server.bend.callback, {
      code: undefined,
      error: 'server_error',
      error_description: `see\n${'a'.repeat(40)}`,
    })
    const relyingParty = server.relyingParty()
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({ errorDescription: 'see [redacted]' })
  })
})

describe('the error code of a callback', () => {
  it.each([
    'unsupported_response_type',
    'account_selection_required',
    'invalid_authorization_details',
    'insufficient_user_authentication',
  ])('%s is shown, as long as it is', async (error) => {
    Object.assign(server.bend.callback, { code: undefined, error, error_description: `${error} is the case` })
    await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({
      error,
      errorDescription: `${error} is the case`,
    })
  })

  it.each(['a'.repeat(24), 'unsupported_response_typ3', 'Unsupported_Response_Type', `a_${'b'.repeat(22)}`])(
    '%s is no such code, and is not shown',
    async (error) => {
      Object.assign(server.bend.callback, { code: undefined, error })
      await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({ error: '[redacted]' })
    },
  )
})

describe('the token response of a callback', () => {
  const html = (): Response =>
    new Response('<h1>Hotel Wi-Fi</h1>', { headers: { 'content-type': 'text/html' } })

  it.each([
    ['an HTML page', html, 'unexpected_response'],
    ['nothing', () => new Response(null, { status: 204 }), 'unexpected_response'],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
      'redirected',
    ],
    [
      'an HTML error page with status 400',
      () => new Response('<p>no', { status: 400 }),
      'unexpected_response',
    ],
    ['status 500', () => new Response('oops', { status: 500 }), 'server_unavailable'],
    ['status 429', () => new Response('', { status: 429, headers: { 'retry-after': '7' } }), 'rate_limited'],
    ['more than a mebibyte', () => json({ access_token: 'x'.repeat(1_100_000) }), 'response_too_large'],
    ['JSON that is no object', () => json([1]), 'token_response_malformed'],
    ['no access token', () => json({ token_type: 'Bearer' }), 'token_response_malformed'],
    [
      'another token type',
      () => json({ access_token: canary, token_type: 'mac' }),
      'token_response_malformed',
    ],
    ['no ID token', () => json({ access_token: canary, token_type: 'Bearer' }), 'id_token_missing'],
    ['an error', () => json({ error: 'invalid_client' }, { status: 401 }), 'request_refused'],
  ])('that is %s is a typed error and leaves the session alone', async (_, answer, code) => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    const { session } = relyingParty
    server.on(`${issuer}/token`, answer)
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining(canary),
    })
    expect(relyingParty.session).toBe(session)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
  })

  it('that never comes is a time-out after ten seconds', async () => {
    const relyingParty = server.relyingParty()
    const parameters = await server.visit(relyingParty)
    server.on(`${issuer}/token`, () => new Promise<Response>(() => undefined))
    const finished = relyingParty.finishLogin(parameters)
    finished.catch(() => undefined)
    for (let second = 0; second < 11; second += 1) await server.clock.advance(1)
    await expect(finished).rejects.toMatchObject({ code: 'timed_out', retryable: true })
  })
})
