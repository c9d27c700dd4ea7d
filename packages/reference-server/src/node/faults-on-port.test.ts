import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createTestServer } from './create-test-server.ts'

/** What travels on the connection, byte for byte, until the server closes it. */
function rawAnswer(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
    socket.on('error', reject)
    socket.write('GET /jwks HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n')
  })
}

describe('on a port', () => {
  test('a connection closed without an answer carries no byte', async () => {
    await using server = await createTestServer()
    server.faults.on('network.closed_without_answer')
    expect(await rawAnswer(server.url)).toBe('')
    server.faults.on('network.answer_lost')
    await expect(fetch(`${server.url}/jwks`)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } })
    expect((await fetch(`${server.url}/jwks`)).status).toBe(200)
  })

  test('a body that is reset carries its first half, and no end', async () => {
    await using server = await createTestServer()
    const right = await (await fetch(`${server.url}/jwks`)).text()
    server.faults.on('body.reset_midway', { times: 2 })
    const raw = await rawAnswer(server.url)
    expect(raw).toMatch(/^HTTP\/1.1 200/)
    expect(raw).toContain(right.slice(0, right.length / 2))
    expect(raw).not.toContain('\r\n0\r\n')
    await expect(fetch(`${server.url}/jwks`).then((answer) => answer.text())).rejects.toThrow('terminated')
  })

  test('a length that lies', async () => {
    await using server = await createTestServer()
    server.faults.on('body.length_lie')
    const raw = await rawAnswer(server.url)
    const [, body = ''] = raw.split('\r\n\r\n')
    expect(Number(/content-length: (\d+)/i.exec(raw)?.[1])).toBe(body.length * 2)
  })

  test('a gzip bomb is small on the wire, and fetch inflates it', async () => {
    await using server = await createTestServer()
    server.faults.on('body.gzip_bomb', { bytes: 3_000_000, times: 2 })
    expect((await rawAnswer(server.url)).length).toBeLessThan(20_000)
    expect((await (await fetch(`${server.url}/jwks`)).text()).length).toBe(3_000_000)
  })

  test('an endless body stops once nobody reads', async () => {
    await using server = await createTestServer()
    server.faults.on('body.endless_chunks')
    const answer = await fetch(`${server.url}/jwks`)
    const reader = answer.body?.getReader()
    for (let count = 0; count < 10; count++) expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
    await reader?.cancel()
  })

  test('a client that gives up ends the wait for an answer', async () => {
    await using server = await createTestServer()
    server.faults.on('network.never_answers')
    const patience = new AbortController()
    const asked = expect(fetch(`${server.url}/jwks`, { signal: patience.signal })).rejects.toThrow('abort')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(1)
    patience.abort()
    await asked
  })

  test('closing the server ends what is held back', async () => {
    const server = await createTestServer()
    server.faults.on('network.never_answers')
    const asked = expect(fetch(`${server.url}/jwks`)).rejects.toThrow('fetch failed')
    await expect.poll(() => server.ledger.countEvents('fault')).toBe(1)
    await server.close()
    await asked
  })

  test('a refresh is sent on twice, as it came', async () => {
    await using server = await createTestServer()
    server.faults.on('refresh.reuse_revokes_family')
    const body = new URLSearchParams({ client_id: 'spa', grant_type: 'refresh_token', refresh_token: 'x' })
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
    server.assert.tokenRequests({ count: 2, grantType: 'refresh_token', clientId: 'spa' })
  })

  test('a whole flow works with faults on that strike others', async () => {
    await using server = await createTestServer()
    server.faults.on('http.unavailable', { clientId: 'other', forGood: true })
    const body = new URLSearchParams({ client_id: 'spa', grant_type: 'refresh_token', refresh_token: 'x' })
    const answer = await fetch(`${server.url}/token`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' })
  })
})
