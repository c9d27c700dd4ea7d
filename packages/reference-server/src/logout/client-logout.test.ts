import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import type { ClientOptions, ReferenceServerOptions } from '../options.ts'
import {
  authorizationUrl,
  codeVerifier,
  createServer,
  createTestBrowser,
  getTokens,
  issuer,
  post,
  publicClient,
  redirectUri,
} from '../test-support.ts'

const backchannelLogoutUri = 'https://app.example/backchannel-logout'
const bye = 'https://app.example/bye'

/** Clients' servers that note what they are sent. */
function createHttp(answer: (request: Request) => Promise<Response> = async () => new Response(null)) {
  const received: { readonly url: string; readonly form: URLSearchParams }[] = []
  const http = async (request: Request): Promise<Response> => {
    received.push({ url: request.url, form: new URLSearchParams(await request.clone().text()) })
    return answer(request)
  }
  return { received, http }
}

function prepare(client: Partial<ClientOptions>, options: Partial<ReferenceServerOptions> = {}) {
  const bystander = {
    ...publicClient,
    clientId: 'bystander',
    backchannelLogoutUri: 'https://other.example/out',
  }
  return createServer({ clients: [{ ...publicClient, ...client }, bystander], ...options })
}

/** A browser that is logged in by the pages, and the ID token the client got. */
async function loggedIn(server: ReferenceServer) {
  const browser = createTestBrowser(server)
  const login = await browser.visit(await authorizationUrl({ scope: 'openid' }))
  const consent = await browser.submit(login, { username: 'ada', password: 'password' })
  const code = (await browser.submit(consent, { decision: 'allow' })).url.searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', client_id: 'spa', code, redirect_uri: redirectUri }
  const { body } = await post(server, '/token', { ...form, code_verifier: codeVerifier })
  const endSession = (parameters: Record<string, string> = {}) => {
    const query = new URLSearchParams({ id_token_hint: body['id_token'] ?? '', ...parameters })
    return browser.visit(`${issuer}/end-session?${query}`)
  }
  return { browser, endSession, idToken: body['id_token'] ?? '' }
}

async function verifyLogoutToken(server: ReferenceServer, token: string | null | undefined) {
  const response = await server.fetch(new Request(`${issuer}/jwks`))
  const keys = createLocalJWKSet((await response.json()) as JSONWebKeySet)
  const rules = { issuer, audience: 'spa', typ: 'logout+jwt', currentDate: new Date(1_800_000_000_000) }
  return (await jwtVerify(token ?? '', keys, rules)).payload
}

describe('back-channel logout', () => {
  test('posts a logout token to the clients of the login, and to no other', async () => {
    const { http, received } = createHttp()
    const server = prepare({ backchannelLogoutUri }, { http })
    const { endSession } = await loggedIn(server)
    await endSession()
    expect(received.map(({ url }) => url)).toEqual([backchannelLogoutUri])
    const form = received[0]?.form
    expect([...(form?.keys() ?? [])]).toEqual(['logout_token'])
    expect(await verifyLogoutToken(server, form?.get('logout_token'))).toEqual({
      iss: issuer,
      aud: 'spa',
      sub: 'ada',
      sid: expect.stringMatching(/^[\w-]{43}$/),
      jti: 'lt-1',
      iat: 1_800_000_000,
      exp: 1_800_000_120,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    const event = { type: 'backchannel_logout', clientId: 'spa', username: 'ada', status: 200 }
    expect(server.ledger.events.at(-1)).toMatchObject(event)
    expect(server.ledger.tokens.at(-1)).toMatchObject({ kind: 'logout_token', id: 'lt-1', clientId: 'spa' })
  })

  test('names the login that the ID token named', async () => {
    const { http, received } = createHttp()
    const server = prepare({ backchannelLogoutUri }, { http })
    const { endSession, idToken } = await loggedIn(server)
    await endSession()
    const [, payload = ''] = idToken.split('.')
    const { sid } = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const token = await verifyLogoutToken(server, received[0]?.form.get('logout_token'))
    expect(token['sid']).toBe(sid)
  })

  test('follows revokeSession as well, once for each login', async () => {
    const { http, received } = createHttp()
    const server = prepare({ backchannelLogoutUri }, { http })
    await getTokens(server, { scope: 'openid offline_access' })
    await getTokens(server)
    expect(server.revokeSession({ username: 'ada' })).toBe(2)
    await server.settled()
    expect(received).toHaveLength(2)
    expect(server.revokeSession({ username: 'ada' })).toBe(0)
    await server.settled()
    expect(received).toHaveLength(2)
  })

  test('that fails stops no logout', async () => {
    for (const [answer, outcome] of [
      [async () => new Response('no', { status: 400 }), { status: 400 }],
      [async () => Promise.reject(new Error('connection refused')), { failure: 'connection refused' }],
    ] as const) {
      const server = prepare({ backchannelLogoutUri }, { http: createHttp(answer).http })
      const { endSession } = await loggedIn(server)
      const page = await endSession({ post_logout_redirect_uri: bye })
      expect(page.url.href).toBe(bye)
      expect(server.ledger.events.at(-1)).toMatchObject({ type: 'backchannel_logout', ...outcome })
    }
  })

  test('comes too when the user confirms', async () => {
    const { http, received } = createHttp()
    const server = prepare({ backchannelLogoutUri }, { http })
    const { browser } = await loggedIn(server)
    const page = await browser.visit(`${issuer}/end-session`)
    await browser.submit(page, { decision: 'stay' })
    expect(received).toHaveLength(0)
    await browser.submit(await browser.visit(`${issuer}/end-session`), { decision: 'logout' })
    expect(received).toHaveLength(1)
  })
})

describe('front-channel logout', () => {
  const frontchannelLogoutUri = 'https://app.example/logout;x,y?from=as'

  test('loads the client’s address in a frame, and no other may be', async () => {
    const server = prepare({ frontchannelLogoutUri })
    const { response, text } = await (await loggedIn(server)).endSession()
    expect(text).toContain('<iframe src="https://app.example/logout;x,y?from=as"')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain('frame-src https://app.example/logout%3Bx%2Cy; ')
    expect(policy).not.toContain('script-src')
    expect(response.headers.has('refresh')).toBe(false)
  })

  test('adds iss and sid where they are required', async () => {
    const server = prepare({ frontchannelLogoutUri, frontchannelLogoutSessionRequired: true })
    const { text } = await (await loggedIn(server)).endSession()
    const source = /<iframe\s+src="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const query = new URL(source).searchParams
    expect(query.get('iss')).toBe(issuer)
    expect(query.get('sid')).toMatch(/^[\w-]{43}$/)
    expect(query.get('from')).toBe('as')
  })

  test('leads back to the application afterwards', async () => {
    const server = prepare({ frontchannelLogoutUri })
    const { endSession } = await loggedIn(server)
    const { response, text } = await endSession({ post_logout_redirect_uri: bye, state: 'a b' })
    expect(response.status).toBe(200)
    expect(response.headers.get('refresh')).toBe(`3; url=${bye}?state=a+b`)
    expect(text).toContain(`href="${bye}?state=a+b"`)
  })

  test('needs no page where no client of the login wants it', async () => {
    const { endSession } = await loggedIn(prepare({}))
    const { response, text } = await endSession()
    expect(text).not.toContain('<iframe')
    expect(response.headers.get('content-security-policy')).not.toContain('frame-src')
  })
})

describe('a logout URI', () => {
  test.each(['/logout', 'javascript:alert(1)', 'https://app.example/#x'])('cannot be %s', (uri) => {
    expect(() => prepare({ backchannelLogoutUri: uri })).toThrow('a logout URI must be')
    expect(() => prepare({ frontchannelLogoutUri: uri })).toThrow('a logout URI must be')
  })
})
