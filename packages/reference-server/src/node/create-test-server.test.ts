import { Agent, get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createTestServer } from './create-test-server.ts'
import { listen } from './listen.ts'

describe('createTestServer', () => {
  test('listens on a free loopback port, which its issuer names', async () => {
    await using server = await createTestServer()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(server.issuer).toBe(server.url)
    const response = await fetch(`${server.issuer}/.well-known/openid-configuration`)
    expect(await response.json()).toMatchObject({ issuer: server.url })
    expect(server.ledger.count({ endpoint: 'discovery' })).toBe(1)
  })

  test('builds the issuer it is told to', async () => {
    await using server = await createTestServer({ issuer: (origin) => `${origin}/tenant` })
    expect(server.issuer).toBe(`${server.url}/tenant`)
    expect((await fetch(`${server.issuer}/jwks`)).status).toBe(200)
  })

  test('reads forms, and refuses those that are too large', async () => {
    await using server = await createTestServer()
    const body = new URLSearchParams({ client_id: 'spa', grant_type: 'refresh_token', refresh_token: 'x' })
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
    const large = new URLSearchParams({ x: 'a'.repeat(100_000) })
    expect((await fetch(`${server.url}/token`, { method: 'POST', body: large })).status).toBe(413)
  })

  test('two servers do not share anything', async () => {
    await using first = await createTestServer()
    await using second = await createTestServer()
    expect(first.url).not.toBe(second.url)
    await fetch(`${first.url}/jwks`)
    expect(second.ledger.count()).toBe(0)
  })

  test('close ends connections that are kept alive', async () => {
    const server = await createTestServer()
    const agent = new Agent({ keepAlive: true })
    const socketClosed = new Promise((resolve, reject) => {
      const request = get(`${server.url}/jwks`, { agent }, (response) => void response.resume())
      request.on('socket', (socket) => socket.on('close', resolve))
      request.on('close', () => void server.close())
      request.on('error', reject)
    })
    await socketClosed
    await expect(fetch(`${server.url}/jwks`)).rejects.toThrow('fetch failed')
    agent.destroy()
  })

  test('gives the port back when an option is wrong', async () => {
    let used = 0
    const wrong = createTestServer({
      issuer: (origin) => {
        used = Number(new URL(origin).port)
        return 'nonsense'
      },
    })
    await expect(wrong).rejects.toThrow(TypeError)
    await using server = await createTestServer({ port: used })
    expect(server.url).toContain(`:${used}`)
  })

  test('fails when the port is taken', async () => {
    await using server = await createTestServer()
    await expect(createTestServer({ port: Number(new URL(server.url).port) })).rejects.toThrow('EADDRINUSE')
  })
})

describe('listen', () => {
  const create = () => ({ fetch: () => new Response('hello') })

  test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com', '127.0.0.1.example.com', ''])(
    'refuses the host "%s"',
    async (host) => {
      await expect(listen(create, { host })).rejects.toThrow('unsafeAllowNonLoopback')
    },
  )

  test('goes beyond loopback only when told so loudly', async () => {
    const { close } = await listen(create, { host: '0.0.0.0', unsafeAllowNonLoopback: true })
    await close()
  })

  test('serves anything that answers requests', async () => {
    const { origin, close } = await listen(create, { host: 'localhost' })
    expect(await (await fetch(origin)).text()).toBe('hello')
    await close()
  })
})
