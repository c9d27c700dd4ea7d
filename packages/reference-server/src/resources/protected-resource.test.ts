import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import { createServer, getTokens, issuer, publicClient } from '../test-support.ts'

const metadataUrl = `${issuer}/.well-known/oauth-protected-resource/resource`

async function call(server: ReferenceServer, token: string | undefined, query = '', init: RequestInit = {}) {
  const headers = { Authorization: `Bearer ${token}` }
  const response = await server.fetch(new Request(`${issuer}/resource${query}`, { headers, ...init }))
  const challenge = response.headers.get('www-authenticate') ?? ''
  return { status: response.status, challenge, body: (await response.json()) as Record<string, unknown> }
}

describe('the test resource', () => {
  test('tells what the token says', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server, { acr_values: 'gold' })
    const { status, body } = await call(server, token)
    expect(status).toBe(200)
    expect(body).toEqual({
      method: 'GET',
      body: '',
      sub: 'ada',
      client_id: 'spa',
      aud: issuer,
      scope: 'openid profile',
      auth_time: 1_800_000_000,
      acr: 'gold',
    })
  })

  test.each(['POST', 'PUT', 'DELETE'])('takes %s with any body', async (method) => {
    const server = createServer()
    const { access_token: token } = await getTokens(server)
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
    const { body } = await call(server, token, '', { method, headers, body: '{"a":1}' })
    expect([body['method'], body['body']]).toEqual([method, '{"a":1}'])
  })

  test('asks for a token, names no error, and says where its metadata is', async () => {
    const response = await createServer({ dpop: { nonces: 'off' } }).fetch(new Request(`${issuer}/resource`))
    expect(response.status).toBe(401)
    const challenge = response.headers.get('www-authenticate') ?? ''
    expect(challenge).toContain(`Bearer realm="${issuer}/resource", resource_metadata="${metadataUrl}"`)
    expect(challenge).not.toContain('error')
  })

  test('does not look for the token in the query, nor in the form', async () => {
    const server = createServer()
    const { access_token: token = '' } = await getTokens(server)
    const inQuery = new Request(`${issuer}/resource?access_token=${token}`, { method: 'POST' })
    expect((await server.fetch(inQuery)).status).toBe(401)
    const body = new URLSearchParams({ access_token: token })
    expect((await server.fetch(new Request(`${issuer}/resource`, { method: 'POST', body }))).status).toBe(401)
  })

  test('refuses tokens that are wrong, expired or revoked', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server)
    server.revokeFamily('family-1')
    for (const value of ['wrong', token]) {
      const { status, challenge, body } = await call(server, value)
      expect([status, body['error']]).toEqual([401, 'invalid_token'])
      expect(challenge).toContain('error="invalid_token"')
      expect(challenge).toContain(`resource_metadata="${metadataUrl}"`)
    }
  })

  test('refuses tokens for another resource, and takes those for itself', async () => {
    const server = createServer()
    const { access_token: other } = await getTokens(server, { resource: 'https://api.example' })
    const refused = await call(server, other)
    expect([refused.status, refused.body['error']]).toEqual([401, 'invalid_token'])
    const { access_token: own } = await getTokens(server, { resource: `${issuer}/resource` })
    expect((await call(server, own)).body['aud']).toBe(`${issuer}/resource`)
    const elsewhere = createServer({ clients: [{ ...publicClient, audience: 'https://api.example' }] })
    expect((await call(elsewhere, (await getTokens(elsewhere))['access_token'])).status).toBe(401)
  })

  test('asks for scopes', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server, { scope: 'openid orders.read' })
    expect((await call(server, token, '?scope=orders.read')).status).toBe(200)
    const { status, challenge, body } = await call(server, token, '?scope=orders.read+orders.write')
    expect([status, body['error']]).toEqual([403, 'insufficient_scope'])
    expect(challenge).toContain('scope="orders.read orders.write"')
    expect(challenge).toContain(`resource_metadata="${metadataUrl}"`)
  })

  test('keeps its challenges well-formed whatever is asked', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server)
    const { status, challenge } = await call(server, token, '?acr_values=%22%2C+error%3D%22x%E2%82%AC%0A')
    expect(status).toBe(401)
    expect(challenge).toContain('acr_values=", error=x"')
  })
})

describe('step-up', () => {
  test('asks for an authentication context until the token has it', async () => {
    const server = createServer()
    const { access_token: weak } = await getTokens(server)
    const { status, challenge, body } = await call(server, weak, '?acr_values=gold+platinum')
    expect([status, body['error']]).toEqual([401, 'insufficient_user_authentication'])
    expect(challenge).toContain('error="insufficient_user_authentication"')
    expect(challenge).toContain('acr_values="gold platinum"')
    expect(challenge).toContain(`resource_metadata="${metadataUrl}"`)
    const { access_token: strong } = await getTokens(server, { acr_values: 'gold platinum' })
    expect((await call(server, strong, '?acr_values=gold+platinum')).status).toBe(200)
  })

  test('asks for a recent login', async () => {
    const server = createServer()
    const { access_token: token } = await getTokens(server)
    server.clock.advance(300)
    expect((await call(server, token, '?max_age=300')).status).toBe(200)
    const { status, challenge } = await call(server, token, '?max_age=299')
    expect(status).toBe(401)
    expect(challenge).toContain('max_age="299"')
  })
})

describe('resources by option', () => {
  test('stand at their own paths and ask for their own', async () => {
    const protectedResources = [
      { path: '/open' },
      { path: '/api/orders', scopes: ['orders.read'], acrValues: ['gold'], maxAge: 60 },
    ]
    const server = createServer({ protectedResources })
    const { access_token: token } = await getTokens(server, { scope: 'openid orders.read' })
    const at = async (path: string, value = token) => {
      const headers = { Authorization: `Bearer ${value}` }
      return server.fetch(new Request(issuer + path, { headers }))
    }
    expect((await at('/open')).status).toBe(200)
    expect((await at('/resource')).status).toBe(404)
    const refused = await at('/api/orders')
    expect(refused.headers.get('www-authenticate')).toContain('acr_values="gold", max_age="60"')
    const { access_token: strong } = await getTokens(server, {
      scope: 'openid orders.read',
      acr_values: 'gold',
    })
    expect((await at('/api/orders', strong)).status).toBe(200)
    expect((await at('/api/orders', (await getTokens(server))['access_token'])).status).toBe(403)
  })

  test.each(['resource', '/', '/a/', '/a?b', '/:id'])('cannot stand at %s', (path) => {
    expect(() => createServer({ protectedResources: [{ path }] })).toThrow('path')
  })
})

describe('the metadata of a resource', () => {
  test.each([
    ['https://as.example', '/.well-known/oauth-protected-resource/resource'],
    ['https://as.example/tenant', '/.well-known/oauth-protected-resource/tenant/resource'],
    ['https://as.example/tenant/', '/.well-known/oauth-protected-resource/tenant/resource'],
  ])('of %s is at %s', async (issuer, path) => {
    const response = await createServer({ issuer }).fetch(new Request(`https://as.example${path}`))
    expect(await response.json()).toMatchObject({
      resource: `${issuer.replace(/\/$/, '')}/resource`,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
    })
    const wrong = await createServer({ issuer }).fetch(new Request('https://as.example/.well-known/nothing'))
    expect(wrong.status).toBe(404)
  })
})
