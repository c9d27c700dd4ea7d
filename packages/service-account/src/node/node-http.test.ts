import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { boundedRequest, completeRuntime } from '@oauth-concierge/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodeHttp } from './node-http.ts'

let server: Server
let origin: string
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void
let connections: Socket[]

const http = createNodeHttp()

beforeEach(async () => {
  connections = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => handle(request, response, Buffer.concat(chunks).toString()))
  })
  server.on('connection', (socket) => connections.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

const echo = (): void => {
  handle = ({ method, url, headers }, response, body) =>
    response.end(JSON.stringify({ method, url, headers, body }))
}

describe('http over node:http', () => {
  it('keeps its connection', async () => {
    echo()
    for (let call = 0; call < 5; call += 1) await (await http(`${origin}/`, {})).text()
    expect(connections).toHaveLength(1)
  })

  const bodies: readonly (readonly [string, BodyInit, string, string])[] = [
    [
      'form',
      new URLSearchParams({ a: 'ä b' }),
      'a=%C3%A4+b',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['text', 'ä', 'ä', 'text/plain;charset=UTF-8'],
    ['bytes', new TextEncoder().encode('ä'), 'ä', 'application/octet-stream'],
    ['blob', new Blob(['ä'], { type: 'text/x' }), 'ä', 'text/x'],
  ]

  it.each(bodies)('sends a %s with its length', async (_, body, text, type) => {
    echo()
    const headers = type === 'application/octet-stream' ? { 'Content-Type': type } : {}
    const seen = await (await http(`${origin}/path?q=1`, { method: 'POST', body, headers })).json()
    expect(seen).toMatchObject({ method: 'POST', url: '/path?q=1', body: text })
    expect(seen.headers).toMatchObject({
      'content-type': type,
      'content-length': String(Buffer.byteLength(text)),
    })
    expect(seen.headers['transfer-encoding']).toBeUndefined()
  })

  it('sends a whole Request, as fetch does', async () => {
    echo()
    const request = new Request(`${origin}/orders`, {
      method: 'PUT',
      body: 'x',
      headers: { authorization: 'Bearer t' },
    })
    const seen = await (await http(request.url, request)).json()
    expect(seen).toMatchObject({
      method: 'PUT',
      body: 'x',
      headers: { authorization: 'Bearer t', 'content-length': '1' },
    })
  })

  it('streams what is too large to wait for', async () => {
    echo()
    const chunk = new TextEncoder().encode('x'.repeat(65_536))
    let left = 40
    const stream = new ReadableStream({
      pull: (controller) => {
        left -= 1
        if (left < 0) controller.close()
        else controller.enqueue(chunk)
      },
    })
    const response = await http(`${origin}/`, { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
    const { body, headers } = (await response.json()) as { body: string; headers: Record<string, string> }
    expect([body.length, headers['transfer-encoding']]).toEqual([40 * 65_536, 'chunked'])
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('undoes %s', async (encoding, compress) => {
    handle = (_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(compress(Buffer.from('hello')))
    await expect((await http(`${origin}/`, {})).text()).resolves.toBe('hello')
  })

  it('gives status, text and every header', async () => {
    handle = (_, response) =>
      response
        .writeHead(
          401,
          'No',
          [
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
            ['X-Y', 'z'],
          ].flat(),
        )
        .end()
    const response = await http(`${origin}/`, {})
    expect([response.status, response.statusText, response.headers.get('x-y')]).toEqual([401, 'No', 'z'])
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
  })

  it.each([
    ['GET', 204],
    ['GET', 304],
    ['HEAD', 200],
  ])('has no body for %s with %i', async (method, status) => {
    handle = (_, response) => response.writeHead(status).end()
    const response = await http(`${origin}/`, { method })
    expect([response.status, response.body]).toEqual([status, null])
  })

  describe('with a small JSON answer', () => {
    const answer = async (): Promise<Response> => {
      handle = (_, response) => {
        const body = Buffer.from('\uFEFF{"a":"ä"}')
        response
          .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
          .end(body)
      }
      return http(`${origin}/`, {})
    }
    const bytes = new TextEncoder().encode('{"a":"ä"}')

    const readers: readonly (readonly [string, (response: Response) => Promise<unknown>, unknown])[] = [
      ['text', (response) => response.text(), '{"a":"ä"}'],
      ['json', (response) => response.json(), { a: 'ä' }],
      ['arrayBuffer', async (response) => new Uint8Array(await response.arrayBuffer()), bytes],
      ['bytes', (response) => response.bytes(), bytes],
      ['blob', async (response) => (await response.blob()).text(), '{"a":"ä"}'],
      ['body', async (response) => new Response(response.body).text(), '{"a":"ä"}'],
      [
        'clone',
        async (response) => [await response.clone().json(), await response.json()],
        [{ a: 'ä' }, { a: 'ä' }],
      ],
    ]

    it.each(readers)('gives its %s, once', async (name, read, expected) => {
      const response = await answer()
      expect(response).toBeInstanceOf(Response)
      expect([response.status, response.headers.get('content-type'), response.bodyUsed]).toEqual([
        200,
        'application/json',
        false,
      ])
      await expect(read(response)).resolves.toEqual(expected)
      expect(response.bodyUsed).toBe(true)
      for (const again of [response.text(), response.json(), response.arrayBuffer()])
        await expect(again).rejects.toThrow(TypeError)
      expect(() => response.clone(), name).toThrow(TypeError)
    })

    it('is bounded like any other', async () => {
      await answer()
      await expect(
        boundedRequest(completeRuntime({ http }), `${origin}/`, {}, { maxBytes: 5 }),
      ).rejects.toMatchObject({ code: 'response_too_large' })
    })
  })

  it('follows no redirect', async () => {
    handle = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()
    expect((await http(`${origin}/`, {})).status).toBe(302)
  })

  it('streams an answer, and stops taking it in when nobody reads', async () => {
    let written = 0
    handle = (_, response) => {
      const write = (): void => {
        while (written < 64_000_000) {
          written += 65_536
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', write)
        }
        response.end()
      }
      write()
    }
    const response = await http(`${origin}/`, {})
    const reader = response.body?.getReader()
    await reader?.read()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(written).toBeLessThan(32_000_000)
    await reader?.cancel()
  })

  it('ends by a signal, before and during the answer', async () => {
    handle = (_, response) => void response.writeHead(200).write('begun')
    const abort = new AbortController()
    const response = await http(`${origin}/`, { signal: abort.signal })
    const reading = response.text()
    abort.abort(new Error('enough'))
    await expect(reading).rejects.toThrow()
    await expect(http(`${origin}/`, { signal: abort.signal })).rejects.toThrow('enough')
  })

  it('names the reason of a failed connection', async () => {
    await expect(boundedRequest(completeRuntime({ http }), 'http://127.0.0.1:1/', {})).rejects.toMatchObject({
      code: 'network_failed',
      reason: 'ECONNREFUSED',
    })
  })

  it.each([
    ['before the answer', (_: IncomingMessage, response: ServerResponse) => void response.socket?.destroy()],
    [
      'in the middle of it',
      (_: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' }).write('x')
        setImmediate(() => response.socket?.destroy())
      },
    ],
    [
      'in the middle of a large one',
      (_: IncomingMessage, response: ServerResponse) => {
        response.writeHead(200).write('x')
        setTimeout(() => response.socket?.destroy(), 20)
      },
    ],
    [
      'in the middle of a compressed one',
      (_: IncomingMessage, response: ServerResponse) => {
        response
          .writeHead(200, { 'content-encoding': 'gzip' })
          .write(gzipSync(Buffer.alloc(100_000)).subarray(0, 20))
        setTimeout(() => response.socket?.destroy(), 20)
      },
    ],
  ])('fails where the connection breaks %s', async (_, answer) => {
    handle = answer
    await expect(
      boundedRequest(completeRuntime({ http }), `${origin}/`, { method: 'POST' }),
    ).rejects.toMatchObject({ code: 'network_failed' })
  })

  it('sends a GET again where a kept connection turns out to be closed', async () => {
    echo()
    await (await http(`${origin}/`, {})).text()
    let requests = 0
    handle = (_, response) => {
      requests += 1
      if (requests === 1) response.socket?.destroy()
      else response.end('ok')
    }
    await expect((await http(`${origin}/`, {})).text()).resolves.toBe('ok')
    expect(requests).toBe(2)
  })

  it('never sends a POST twice', async () => {
    echo()
    await (await http(`${origin}/`, {})).text()
    let requests = 0
    handle = (_, response) => {
      requests += 1
      response.socket?.destroy()
    }
    await expect(http(`${origin}/`, { method: 'POST', body: 'x' })).rejects.toThrow()
    expect(requests).toBe(1)
  })
})

/** A certificate for this machine, made by OpenSSL; undefined where that is not here. */
function makeCertificate(): { readonly key: string; readonly cert: string } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'concierge-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const words = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  const { status } = spawnSync('openssl', [...words, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const made = status === 0 ? { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } : undefined
  rmSync(folder, { recursive: true, force: true })
  return made
}

const certificate = makeCertificate()

describe.skipIf(!certificate)('https over node:https', () => {
  it('trusts whom it is told to, shows its own certificate, and keeps its connection', async () => {
    const { key = '', cert = '' } = certificate ?? {}
    const secure = createSecureServer(
      { key, cert, ca: cert, requestCert: true, rejectUnauthorized: true },
      (_, response) => response.end('ok'),
    )
    let sessions = 0
    secure.on('secureConnection', () => (sessions += 1))
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`
    const mutual = createNodeHttp({ tls: { ca: cert, key, cert } })
    for (let call = 0; call < 3; call += 1) await expect((await mutual(url, {})).text()).resolves.toBe('ok')
    expect(sessions).toBe(1)
    await expect(http(url, {})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    await expect(
      (async () => (await createNodeHttp({ tls: { ca: cert } })(url, {})).text())(),
    ).rejects.toThrow()
    secure.closeAllConnections()
    await new Promise((resolve) => secure.close(resolve))
  })
})
