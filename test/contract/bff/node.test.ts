import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { toNodeHandler } from '@oauth-concierge/bff/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Browser } from './browser.ts'
import { createReferenceRig, type ReferenceRig } from './reference-rig.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly body: string
}

let rig: ReferenceRig
let browser: Browser
let api: Server
let front: Server
/** The same, but that it answers a connection that was told to bring nothing more. */
let patient: Server
let seen: Seen[]
let respond: (request: IncomingMessage, response: ServerResponse) => void
/** What reached the application behind the BFF. */
let passed: string[]

const portOf = (server: Server): number => (server.address() as AddressInfo).port
const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

beforeAll(async () => {
  api = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const { method = '', url = '', rawHeaders } = request
      seen.push({ method, url, rawHeaders, body: Buffer.concat(parts).toString() })
    })
    respond(request, response)
  })
  await listen(api)
  rig = createReferenceRig({
    apis: {
      orders: { upstream: `http://127.0.0.1:${portOf(api)}/v1` },
      slow: { upstream: `http://127.0.0.1:${portOf(api)}/v1`, answerWithin: 20, publicUrl: 'http://slow' },
    },
  })
  browser = rig.newBrowser()
  await rig.logIn(browser)
  const handler = toNodeHandler(rig.bff)
  front = createServer((request, response) =>
    handler(request, response, () => {
      passed.push(request.url ?? '')
      response.end('application')
    }),
  )
  await listen(front)
  patient = createServer((request, response) => void front.emit('request', request, response))
  Object.assign(patient, { httpAllowHalfOpen: true })
  await listen(patient)
})
afterAll(() => {
  for (const server of [api, front, patient]) {
    server.close()
    server.closeAllConnections()
  }
})
beforeEach(() => {
  seen = []
  passed = []
  respond = (request, response) => void request.on('end', () => response.end('ok')).resume()
})

const usual = (): readonly string[] => [
  'Host: app.example',
  'X-Concierge: 1',
  `Cookie: ${browser.cookieHeader('same-origin')}`,
]

/** Sends bytes as they are, says that there are no more, and gives what comes back until the server has closed. */
function exchange(...lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(portOf(patient), '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => (answer += text))
    socket.on('close', () => resolve(answer))
    socket.on('error', () => undefined)
    socket.end(lines.join('\r\n'), 'latin1')
  })
}

const get = (target: string, ...headers: readonly string[]): Promise<string> =>
  exchange(`GET ${target} HTTP/1.1`, ...usual(), ...headers, 'Connection: close', '', '')

const statusesOf = (answer: string): readonly number[] =>
  [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

describe('requests as bytes', () => {
  it('are answered where nothing is wrong with them', async () => {
    const answer = await get('/auth/api/orders/list?x=1')
    expect(statusesOf(answer)).toEqual([200])
    expect(seen.map(({ url }) => url)).toEqual(['/v1/list?x=1'])
  })

  it.each([
    'http://evil.example/auth/api/orders/x',
    'http://app.example/auth/api/orders/x',
    'http://127.0.0.1/auth/api/orders/x',
    '//evil.example/auth/api/orders/x',
    '/\\evil.example/auth/api/orders/x',
    '*',
  ])('B08: with the target %s are none of the BFF', async (target) => {
    await get(target)
    expect(seen).toEqual([])
  })

  it.each([
    '/auth/api/orders/../../admin',
    '/auth/api/orders/%2e%2e/admin',
    '/auth/api/orders/..%2fadmin',
    '/auth/api/orders/..\\admin',
    '/auth/api/orders/a;b/../x',
    '/auth/api/orders//x',
    '/auth/api/orders/%252e%252e/x',
    '/auth/api/orders/\u00e9',
  ])('B08: with the path %s reach no API', async (target) => {
    expect(statusesOf(await get(target))).toEqual([400])
    expect(seen).toEqual([])
  })

  const withBody = 'POST /auth/api/orders/x HTTP/1.1'
  const smuggled = 'GET /auth/api/orders/smuggled HTTP/1.1\r\nHost: app.example\r\nX-Concierge: 1\r\n\r\n'
  it.each([
    ['both lengths', ['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    [
      'both lengths, the other way round',
      ['Transfer-Encoding: chunked', 'Content-Length: 4'],
      `0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', ['Content-Length: 4', 'Content-Length: 40'], `abcd${smuggled}`],
    ['a list of lengths', ['Content-Length: 4, 40'], `abcd${smuggled}`],
    ['a length with a sign', ['Content-Length: +4'], `abcd${smuggled}`],
    ['a negative length', ['Content-Length: -1'], smuggled],
    ['a hexadecimal length', ['Content-Length: 0x4'], `abcd${smuggled}`],
    ['an unknown coding', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`],
    ['a coding after chunked', ['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${smuggled}`],
    [
      'a space before the colon',
      ['Transfer-Encoding : chunked', 'Content-Length: 4'],
      `0\r\n\r\n${smuggled}`,
    ],
    ['a folded header', ['Transfer-Encoding:', ' chunked', 'Content-Length: 4'], `0\r\n\r\n${smuggled}`],
    ['a bare line feed', ['Content-Length: 4\nTransfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['a chunk size that is none', ['Transfer-Encoding: chunked'], `0x4\r\nabcd\r\n0\r\n\r\n${smuggled}`],
    ['a negative chunk size', ['Transfer-Encoding: chunked'], `-4\r\nabcd\r\n0\r\n\r\n${smuggled}`],
  ])('B09: with %s carry nothing through to the API', async (_, headers, body) => {
    const answer = await exchange(withBody, ...usual(), ...headers, '', body)
    expect(statusesOf(answer).filter((status) => status < 400)).toEqual([])
    expect(seen.filter(({ url }) => url.includes('smuggled'))).toEqual([])
  })

  it('B09: with a body go on with one length, and that is theirs', async () => {
    const body = '4\r\nabcd\r\n0\r\nX-Trailer: 1\r\n\r\n'
    await exchange(withBody, ...usual(), 'Transfer-Encoding: chunked', 'Connection: close', '', body)
    await exchange(withBody, ...usual(), 'Content-Length: 4', 'Connection: close', '', 'abcd')
    expect(seen.map(({ body }) => body)).toEqual(['abcd', 'abcd'])
    for (const { rawHeaders } of seen) {
      const lengths = rawHeaders.filter((text) => /^(content-length|transfer-encoding)$/i.test(text))
      expect(lengths).toHaveLength(1)
      expect(rawHeaders.join()).not.toMatch(/x-trailer/i)
    }
  })

  it.each([
    'Authorization: Bearer mine',
    'X-Forwarded-User: admin',
    'X_Forwarded_User: admin',
    'X-Forwarded-Uri: /admin',
    'Forwarded: for=1',
    'X-Original-URL: /admin',
    'X-HTTP-Method-Override: DELETE',
    'Proxy-Authorization: Basic x',
    'DPoP: x',
    'Trailer: x',
    'TE: trailers',
  ])('B09: with the header "%s" go on without it', async (header) => {
    await get('/auth/api/orders/x', header)
    const [name = '', value = ''] = header.split(': ')
    const { rawHeaders = [] } = seen[0] ?? {}
    const pairs = rawHeaders.flatMap((text, at) =>
      at % 2 === 0 ? [`${text.toLowerCase()}: ${rawHeaders[at + 1]}`] : [],
    )
    expect(pairs).not.toContain(`${name.toLowerCase()}: ${value}`)
    expect(pairs.filter((pair) => /^authorization: Bearer (?!mine)/.test(pair))).toHaveLength(1)
    expect(pairs.join()).not.toContain('__Host-')
  })

  it.each(['authorization', 'x-concierge, authorization', 'close, authorization, host'])(
    'B09: that call "%s" a header of the connection go on with their credential',
    async (names) => {
      const lines = [...usual(), `Connection: ${names}`, '', '']
      await exchange('GET /auth/api/orders/x HTTP/1.1', ...lines)
      expect(seen[0]?.rawHeaders.join()).toMatch(/authorization,Bearer /)
    },
  )

  it.each([
    ['header of the caller', ['X-Concierge: 1']],
    ['cookie', [`Cookie: __Host-concierge=${'A'.repeat(43)}`]],
  ])('B03: with a second %s are refused', async (_, more) => {
    expect(statusesOf(await get('/auth/api/orders/x', ...more))[0]).toBeGreaterThanOrEqual(400)
    expect(seen).toEqual([])
  })

  it('with two hosts, or none, change nothing about where an API is', async () => {
    await get('/auth/api/orders/x', 'Host: evil.example', 'X-Forwarded-Host: evil.example')
    await exchange('GET /auth/api/orders/x HTTP/1.0', ...usual().slice(1), '', '')
    expect(seen.map(({ url }) => url)).toEqual(['/v1/x', '/v1/x'])
    for (const { rawHeaders } of seen) expect(rawHeaders.join()).not.toContain('evil')
  })

  it('that ask for another protocol are refused in so many words', async () => {
    const answer = await get('/auth/api/orders/x', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13')
    expect(statusesOf(answer)).toEqual([501])
    expect(seen).toEqual([])
  })

  it('one after the other on one connection each keep their own session', async () => {
    const anonymous = [
      'GET /auth/api/orders/second HTTP/1.1',
      'Host: app.example',
      'X-Concierge: 1',
      'Connection: close',
      '',
      '',
    ]
    const first = ['GET /auth/api/orders/first HTTP/1.1', ...usual(), '', '']
    const answer = await exchange([...first].join('\r\n') + anonymous.join('\r\n'))
    expect(statusesOf(answer)).toEqual([200, 401])
    expect(seen.map(({ url }) => url)).toEqual(['/v1/first'])
  })
})

/** A call as a well-behaved client makes it. */
function call(
  path: string,
  { method = 'GET', body }: { readonly method?: string; readonly body?: Buffer } = {},
): Promise<{ readonly status: number; readonly text: string; readonly headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-concierge': '1', cookie: browser.cookieHeader('same-origin') }
    const options = { host: '127.0.0.1', port: portOf(front), path, method, headers }
    const request = httpRequest(options, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(parts).toString(),
          headers: response.headers,
        }),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

describe('calls through node:http', () => {
  it('leave what is not of the BFF to the application', async () => {
    expect((await call('/index.html')).text).toBe('application')
    expect((await call('/authors')).text).toBe('application')
    expect(passed).toEqual(['/index.html', '/authors'])
  })

  it.each([0, 10, 65_536, 65_537, 3_000_000])('carry a body of %i bytes both ways', async (size) => {
    respond = (request, response) => void request.pipe(response)
    const body = Buffer.alloc(size, 'x')
    const { status, text } = await call('/auth/api/orders/x', { method: 'POST', body })
    expect([status, text.length]).toEqual([200, size])
  })

  it('are made once more with a new token, also with a small body', async () => {
    const seenTokens = new Set<string | undefined>()
    respond = (request, response) => {
      seenTokens.add(request.headers.authorization)
      request.resume()
      if (seenTokens.size > 1) response.end('ok')
      else response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end()
    }
    const { status } = await call('/auth/api/orders/x', { method: 'POST', body: Buffer.from('small') })
    expect([status, seenTokens.size]).toEqual([200, 2])
    await vi.waitFor(() => expect(seen.map(({ body }) => body)).toEqual(['small', 'small']))
  })

  it('stop at the API when whoever made them is gone', async () => {
    let isGone = false
    respond = (request, response) => {
      request.resume()
      response.on('close', () => (isGone = true))
      response.write('first')
    }
    const socket = connect(portOf(front), '127.0.0.1')
    socket.write(['GET /auth/api/orders/x HTTP/1.1', ...usual(), '', ''].join('\r\n'))
    await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
    await vi.waitFor(() => expect(isGone).toBe(true))
  })

  it.each([
    ['of a known length', { 'content-length': '100' }],
    ['in chunks', {}],
  ])('break off where the answer of the API breaks off, %s', async (_, headers) => {
    respond = (request, response) => {
      request.resume()
      response.writeHead(200, headers)
      response.write('part', () => response.destroy())
    }
    await expect(call('/auth/api/orders/x')).rejects.toThrow()
  })

  it.each([
    [
      'closes the connection',
      (_: IncomingMessage, response: ServerResponse): void => void response.destroy(),
      502,
      'upstream_unreachable',
    ],
    [
      'changes the protocol',
      (_: IncomingMessage, response: ServerResponse): void =>
        void response.socket?.end(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
        ),
      502,
      'upstream_unreachable',
    ],
  ] as const)('B12: are told by a code where the API %s', async (_, behaviour, status, error) => {
    respond = behaviour
    expect(await call('/auth/api/orders/x')).toMatchObject({ status, text: JSON.stringify({ error }) })
  })

  it('B12: are told by a code where the API never answers', async () => {
    respond = () => undefined
    const told = { status: 504, text: JSON.stringify({ error: 'upstream_timed_out' }) }
    expect(await call('/auth/api/slow/x')).toMatchObject(told)
  })

  it('give a login and a logout their pages', async () => {
    const login = await call('/auth/login?return_to=/x')
    expect([login.status, login.headers['set-cookie']?.length]).toEqual([303, 1])
    expect((await call('/auth/logout', { method: 'POST', body: Buffer.alloc(10_000) })).status).toBe(403)
    expect((await call('/auth/unknown')).status).toBe(404)
  })

  it.each(['/auth/logout', '/auth/api/orders/x'])(
    'say so where a body parser has eaten the body: %s',
    async (path) => {
      const handler = toNodeHandler(rig.bff)
      const eaten = createServer((request, response) => {
        request.on('end', () => handler(request, response)).resume()
      })
      await listen(eaten)
      const headers = {
        'x-concierge': '1',
        origin: 'https://app.example',
        cookie: browser.cookieHeader('same-origin'),
      }
      const url = `http://127.0.0.1:${portOf(eaten)}${path}`
      const response = await fetch(url, { method: 'POST', headers, body: 'nonce=x' })
      eaten.close()
      expect([response.status, await response.json()]).toEqual([500, { error: 'invalid_configuration' }])
      expect(rig.errors.at(-1)?.message).toContain('before every body parser')
      expect(seen).toEqual([])
    },
  )

  it('take the whole target where a router has cut something off', async () => {
    const handler = toNodeHandler(rig.bff)
    const mounted = createServer((request, response) => {
      Object.assign(request, { originalUrl: request.url, url: request.url?.slice('/auth'.length) })
      handler(request, response)
    })
    await listen(mounted)
    const { status } = await fetch(`http://127.0.0.1:${portOf(mounted)}/auth/session`, {
      headers: { 'x-concierge': '1' },
    })
    mounted.close()
    expect(status).toBe(200)
  })
})
