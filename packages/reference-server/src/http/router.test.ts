import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, issuer } from '../test-support.ts'

const ask = (path: string, init: RequestInit = {}, server = createServer()): Promise<Response> =>
  server.fetch(new Request(issuer + path, init))

const fromOrigin = (origin: string, more: HeadersInit = {}): RequestInit => ({
  headers: { Origin: origin, ...more },
})

const preflight = (origin: string): RequestInit => ({
  method: 'OPTIONS',
  headers: {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,content-type',
  },
})

describe('CORS', () => {
  test.each(['/token', '/userinfo', '/revoke'])('%s answers the preflight of a client', async (path) => {
    const { status, headers } = await ask(path, preflight('https://app.example'))
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    expect(headers.get('access-control-allow-headers')).toBe('Authorization,Content-Type,DPoP')
    expect(headers.get('vary')).toContain('Origin')
  })

  test.each(['https://evil.example', 'http://app.example', 'null', 'https://app.example.evil.example'])(
    'the token endpoint lets nobody in from %s',
    async (origin) => {
      const { headers } = await ask('/token', preflight(origin))
      expect(headers.has('access-control-allow-origin')).toBe(false)
      const answer = await ask('/token', { ...fromOrigin(origin), method: 'POST' })
      expect(answer.headers.has('access-control-allow-origin')).toBe(false)
    },
  )

  test('a loopback client may use any port', async () => {
    const { headers } = await ask('/token', preflight('http://127.0.0.1:5173'))
    expect(headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:5173')
  })

  test('errors can be read too, with their WWW-Authenticate', async () => {
    const refused = await ask('/token', { ...fromOrigin('https://app.example'), method: 'POST' })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example')
    const userInfo = await ask('/userinfo', fromOrigin('https://app.example', { Authorization: 'Bearer x' }))
    expect(userInfo.status).toBe(401)
    expect(userInfo.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(userInfo.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate,DPoP-Nonce')
  })

  test.each(['/jwks', '/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])(
    '%s is open to every origin',
    async (path) => {
      const { status, headers } = await ask(path, fromOrigin('https://anybody.example'))
      expect(status).toBe(200)
      expect(headers.get('access-control-allow-origin')).toBe('*')
    },
  )

  test.each(['/authorize', '/login', '/consent', '/end-session'])('%s has none', async (path) => {
    const { headers } = await ask(path, fromOrigin('https://app.example'))
    expect(headers.has('access-control-allow-origin')).toBe(false)
    expect((await ask(path, preflight('https://app.example'))).status).toBe(405)
  })

  test('a preflight does not count as a request of the endpoint', async () => {
    const server = createServer()
    await ask('/token', preflight('https://app.example'), server)
    expect(server.ledger.count({ endpoint: 'token' })).toBe(0)
    expect(server.ledger.count({ endpoint: 'preflight', path: '/token' })).toBe(1)
  })
})

describe('a request that no endpoint takes', () => {
  test('gets 404, and 405 with the methods there are', async () => {
    const server = createServer()
    expect((await ask('/nowhere', {}, server)).status).toBe(404)
    const response = await ask('/token', {}, server)
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
    expect(server.ledger.count({ endpoint: 'unknown', status: 404 })).toBe(1)
    expect(server.ledger.count({ endpoint: 'token', status: 405 })).toBe(1)
  })
})

describe('a body that is too large', () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const large = 'client_id=spa&x='.padEnd(65 * 1024, 'a')

  test('is refused', async () => {
    const response = await ask('/token', { method: 'POST', headers, body: large })
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('is refused when it does not say how large it is, and read no further', async () => {
    let pulled = 0
    const body = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new Uint8Array(16 * 1024).fill(97))
      },
    })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' }
    expect((await ask('/token', init)).status).toBe(413)
    expect(pulled).toBeLessThan(10)
  })

  test('is refused with a page where people look', async () => {
    const response = await ask('/authorize', { method: 'POST', headers, body: large })
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('too large')
  })
})

describe('a fault inside the server', () => {
  test('is told as server_error, without a stack trace', async () => {
    const broken = new Proxy(new Request(await authorizationUrl()), {
      get: (target, name) => {
        if (name === 'headers') throw new Error('wires crossed')
        const value = Reflect.get(target, name, target) as unknown
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const response = await createServer().fetch(broken)
    expect(response.status).toBe(500)
    const text = await response.text()
    expect(text).toContain('server_error')
    expect(text).not.toContain('wires crossed')
    expect(text).not.toContain('.ts:')
  })
})
