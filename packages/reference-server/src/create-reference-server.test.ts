import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { createReferenceServer } from './create-reference-server.ts'
import {
  authorizationUrl,
  confidentialClient,
  createServer,
  getTokens,
  issuer,
  post,
  publicClient,
  refresh,
} from './test-support.ts'

function keySetOf(server: ReturnType<typeof createServer>) {
  const fetchInProcess = (url: string) => server.fetch(new Request(url))
  return createRemoteJWKSet(new URL(`${issuer}/jwks`), { [customFetch]: fetchInProcess })
}

const now = new Date(1_800_000_000_000)

describe('createReferenceServer', () => {
  test.each(['ftp://as.example', 'as.example', 'https://as.example?x=1', 'https://as.example#x'])(
    'refuses the issuer %s',
    (wrong) => expect(() => createReferenceServer({ issuer: wrong })).toThrow(TypeError),
  )

  test('refuses a public client that is to authenticate with a secret', () => {
    const client = { ...publicClient, tokenEndpointAuthMethod: 'client_secret_basic' } as const
    expect(() => createServer({ clients: [client] })).toThrow('spa')
  })

  test('has a demo client and a demo user when none are given', async () => {
    const server = createReferenceServer({ issuer: 'http://127.0.0.1:9000' })
    const changes = { redirect_uri: 'http://127.0.0.1:4321/callback', scope: 'openid orders.read' }
    const response = await server.signIn({ url: await authorizationUrl(changes, server.issuer) })
    expect(response.searchParams.has('code')).toBe(true)
  })

  test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)('signs with %s', async (signingAlg) => {
    const server = createServer({ signingAlg })
    const { id_token: idToken = '', access_token: accessToken = '' } = await getTokens(server)
    const options = { issuer, audience: 'spa', algorithms: [signingAlg], currentDate: now }
    const { payload } = await jwtVerify(idToken, keySetOf(server), options)
    const hash = signingAlg === 'EdDSA' ? 'SHA-512' : 'SHA-256'
    const digest = await crypto.subtle.digest(hash, new TextEncoder().encode(accessToken))
    const leftHalf = Buffer.from(digest).subarray(0, digest.byteLength / 2)
    expect(payload['at_hash']).toBe(leftHalf.toString('base64url'))
  })
})

describe('signIn', () => {
  test('gives the authorization response of the first user', async () => {
    const server = createServer()
    const response = await server.signIn({ url: await authorizationUrl() })
    expect(response.origin + response.pathname).toBe('https://app.example/callback')
    expect(response.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
    expect(response.searchParams.get('state')).toBe('st-1')
    expect(response.searchParams.get('iss')).toBe(issuer)
  })

  test('logs in the user that is named', async () => {
    const users = ['ada', 'grace'].map((username) => ({ username, password: 'x' }))
    const server = createServer({ users })
    await server.signIn({ url: await authorizationUrl(), username: 'grace' })
    expect(server.ledger.tokens[0]?.subject).toBe('grace')
  })

  test('denies when told to', async () => {
    const response = await createServer().signIn({ url: await authorizationUrl(), consent: 'deny' })
    expect(response.searchParams.get('error')).toBe('access_denied')
  })

  test('fills in the login page when the request insists on it', async () => {
    const server = createServer()
    await server.signIn({ url: await authorizationUrl({ prompt: 'login consent' }) })
    expect(server.ledger.count({ endpoint: 'login', method: 'POST' })).toBe(1)
    expect(server.ledger.tokens[0]?.kind).toBe('code')
  })

  test.each(['query', 'fragment', 'form_post'])('reads a response sent by %s', async (mode) => {
    const response = await createServer().signIn({ url: await authorizationUrl({ response_mode: mode }) })
    const parameters =
      mode === 'fragment' ? new URLSearchParams(response.hash.slice(1)) : response.searchParams
    expect(parameters.get('code')).toMatch(/^[\w-]{43}$/)
    expect(parameters.get('iss')).toBe(issuer)
  })

  test('fails for an unknown user, and where the server shows an error page', async () => {
    const server = createServer()
    await expect(server.signIn({ url: await authorizationUrl(), username: 'nobody' })).rejects.toThrow(
      'nobody',
    )
    const url = await authorizationUrl({ client_id: 'stranger' })
    await expect(server.signIn({ url })).rejects.toThrow('answered 400 with a page')
  })
})

describe('revokeSession', () => {
  test('ends logins and revokes their grants, those with offline_access too', async () => {
    const server = createServer()
    const tokens = await getTokens(server, { scope: 'openid offline_access' })
    expect(server.revokeSession({ username: 'grace' })).toBe(0)
    expect(server.revokeSession({ username: 'ada' })).toBe(1)
    expect((await refresh(server, tokens['refresh_token'])).body['error']).toBe('invalid_grant')
    expect(server.ledger.countEvents('family_revoked')).toBe(1)
  })
})

describe('revokeFamily', () => {
  test('revokes the tokens of one family only', async () => {
    const server = createServer()
    const first = await getTokens(server)
    const second = await getTokens(server)
    expect(server.revokeFamily('family-1')).toBe(true)
    expect(server.revokeFamily('family-9')).toBe(false)
    expect((await refresh(server, first['refresh_token'])).status).toBe(400)
    expect((await refresh(server, second['refresh_token'])).status).toBe(200)
  })
})

describe('rotateKeys', () => {
  const publishedKids = async (server: ReturnType<typeof createServer>): Promise<string[]> => {
    const response = await server.fetch(new Request(`${issuer}/jwks`))
    const { keys } = (await response.json()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }

  test('signs with a new key and keeps the earlier one published', async () => {
    const server = createServer()
    const [before] = await publishedKids(server)
    await server.rotateKeys()
    const kids = await publishedKids(server)
    expect(kids).toHaveLength(2)
    expect(kids[1]).toBe(before)
    const { id_token: idToken = '' } = await getTokens(server)
    expect(decodeProtectedHeader(idToken).kid).toBe(kids[0])
  })

  test('withdraws the earlier keys on demand', async () => {
    const server = createServer()
    const before = await publishedKids(server)
    await server.rotateKeys({ withdraw: true })
    const kids = await publishedKids(server)
    expect(kids).toHaveLength(1)
    expect(kids).not.toEqual(before)
  })
})

describe('memory', () => {
  test('an expired grant leaves nothing behind that works', async () => {
    const server = createServer({ lifetimes: { refreshToken: 100, accessToken: 50 } })
    const tokens = await getTokens(server)
    server.clock.advance(101)
    expect((await refresh(server, tokens['refresh_token'])).body['error']).toBe('invalid_grant')
    const headers = { Authorization: `Bearer ${tokens['access_token']}` }
    expect((await post(server, '/userinfo', {}, headers)).status).toBe(401)
  })

  test('the clock follows its source and can be moved', () => {
    let time = 1000.9
    const server = createServer({ clock: () => time })
    expect(server.clock.now()).toBe(1000)
    time = 2000
    server.clock.advance(60)
    expect(server.clock.now()).toBe(2060)
  })

  test('a confidential client needs no PKCE unless it is set to', async () => {
    const changes = {
      client_id: confidentialClient.clientId,
      redirect_uri: confidentialClient.redirectUris[0],
      code_challenge: undefined,
      code_challenge_method: undefined,
    }
    const lenient = await createServer().signIn({ url: await authorizationUrl(changes) })
    expect(lenient.searchParams.has('code')).toBe(true)
    const strict = createServer({ clients: [{ ...confidentialClient, requirePkce: true }] })
    const refused = await strict.signIn({ url: await authorizationUrl(changes) })
    expect(refused.searchParams.get('error')).toBe('invalid_request')
  })
})
