import {
  createReferenceServer,
  type FaultName,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import { describe, expect, it } from 'vitest'
import type { Finding } from '../doctor/finding.ts'
import { now, run } from '../terminal.test-support.ts'

const issuer = 'https://id.example.com'
const origin = 'https://app.example.com'
const redirectUri = `${origin}/callback`

type Answer = (request: Request) => Promise<Response>

function createServer(options: Partial<ReferenceServerOptions> = {}) {
  const server = createReferenceServer({
    issuer,
    clock: () => now,
    clients: [{ clientId: 'spa', redirectUris: [redirectUri] }],
    ...options,
  })
  return { ...server, fetch: withDate(server.fetch) }
}

const withDate =
  (answer: Answer, time = now): Answer =>
  async (request) => {
    const response = await answer(request)
    const headers = new Headers(response.headers)
    headers.set('date', new Date(time * 1000).toUTCString())
    return new Response(response.body, { status: response.status, headers })
  }

type Server = ReturnType<typeof createServer>

const everything = ['--origin', origin, '--client-id', 'spa', '--redirect-uri', redirectUri]

async function examine(server: Server, ...argv: readonly string[]) {
  const { code, output } = await run(['doctor', '--issuer', issuer, '--json', ...argv], { server })
  const { findings } = JSON.parse(output) as { readonly findings: readonly Finding[] }
  return { code, findings, wrong: findings.filter(({ state }) => state !== 'good') }
}

/** The server with another metadata document. */
function withMetadata(changes: object): Server {
  const server = createServer()
  const fetch: Answer = async (request) => {
    const response = await server.fetch(request)
    if (!request.url.includes('.well-known')) return response
    return Response.json({ ...((await response.json()) as object), ...changes }, response)
  }
  return { ...server, fetch }
}

describe('concierge doctor', () => {
  it('finds nothing wrong with a server that is well', async () => {
    const { code, findings, wrong } = await examine(createServer(), ...everything)
    expect(wrong).toEqual([])
    expect(code).toBe(0)
    expect(findings.map(({ check }) => check)).toEqual([
      'metadata',
      'endpoints',
      'PKCE',
      'iss in callbacks',
      'clocks',
      'keys',
      'CORS, metadata',
      'CORS, keys',
      'CORS, token endpoint',
      'CORS, user info',
      'redirect URI',
    ])
  })

  it('says it for people', async () => {
    const { output } = await run(['doctor', '--issuer', issuer], {
      server: withMetadata({ code_challenge_methods_supported: ['plain'] }),
    })
    expect(output).toContain('✓ metadata: ')
    expect(output).toContain(
      '✗ PKCE: It is announced, and S256 is not among its methods.\n    Switch S256 on',
    )
  })

  it.each<[string, object, string, Finding['state']]>([
    ['another issuer', { issuer: 'https://other.example' }, 'metadata', 'bad'],
    ['an endpoint without https', { token_endpoint: 'http://id.example.com/token' }, 'metadata', 'bad'],
    ['no token endpoint', { token_endpoint: undefined }, 'endpoints', 'bad'],
    ['no PKCE', { code_challenge_methods_supported: undefined }, 'PKCE', 'doubtful'],
    ['no iss', { authorization_response_iss_parameter_supported: undefined }, 'iss in callbacks', 'doubtful'],
  ])('notices metadata with %s', async (_, changes, check, state) => {
    const { code, wrong } = await examine(withMetadata(changes))
    expect(wrong).toEqual([expect.objectContaining({ check, state, fix: expect.any(String) })])
    expect(code).toBe(state === 'bad' ? 1 : 0)
  })

  it.each<[FaultName, string]>([
    ['jwks.unavailable', 'keys'],
    ['jwks.html_200', 'keys'],
  ])('notices %s', async (fault, check) => {
    const server = createServer()
    server.faults.on(fault, { forGood: true })
    const { code, wrong } = await examine(server)
    expect(wrong.map((finding) => finding.check)).toEqual([check])
    expect(code).toBe(1)
  })

  it.each<[string, readonly object[], RegExp]>([
    [
      'a private key',
      [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          kid: 'a',
          x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
          d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
        },
      ],
      /never publish/,
    ],
    ['no key', [], /an empty one/],
    [
      'a key without a name',
      [{ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }],
      /no kid/,
    ],
    [
      'two of a name',
      Array.from({ length: 2 }, () => ({
        kty: 'OKP',
        crv: 'Ed25519',
        kid: 'a',
        x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
      })),
      /Two keys/,
    ],
  ])('notices a key set with %s', async (_, keys, message) => {
    const server = createServer()
    const fetch: Answer = async (request) =>
      request.url.includes('jwks') ? Response.json({ keys }) : server.fetch(request)
    const { wrong } = await examine({ ...server, fetch })
    expect(wrong.map((finding) => finding.message).join()).toMatch(message)
    expect(JSON.stringify(wrong)).not.toContain('nWGxne')
  })

  it.each<[number, Finding['state']]>([
    [4, 'good'],
    [-30, 'doubtful'],
    [90, 'bad'],
  ])('notices a clock that is off by %i s', async (offset, state) => {
    const server = createServer()
    const { findings } = await examine({ ...server, fetch: withDate(server.fetch, now + offset) })
    expect(findings.find(({ check }) => check === 'clocks')).toMatchObject({ state })
  })

  it('notices an origin that may not read', async () => {
    const { code, wrong } = await examine(createServer(), '--origin', 'https://other.example')
    expect(wrong.map(({ check }) => check)).toEqual(['CORS, token endpoint', 'CORS, user info'])
    expect(code).toBe(1)
  })

  it('notices that errors cannot be read', async () => {
    const server = createServer()
    server.faults.on('http.cors_missing_on_errors', { forGood: true })
    const { wrong } = await examine(server, '--origin', origin)
    expect(wrong.map(({ check }) => check)).toEqual(['CORS, token endpoint'])
  })

  it('does not take a star for Authorization', async () => {
    const server = createServer()
    const fetch: Answer = async (request) => {
      const response = await server.fetch(request)
      if (request.method !== 'OPTIONS') return response
      const headers = new Headers(response.headers)
      headers.set('access-control-allow-headers', '*')
      return new Response(null, { status: 204, headers })
    }
    const { wrong } = await examine({ ...server, fetch }, '--origin', origin)
    expect(wrong).toMatchObject([
      { check: 'CORS, user info', message: expect.stringContaining('Authorization') },
    ])
  })

  it.each([
    [`${redirectUri}/`, 'spa', /Register exactly/],
    [redirectUri, 'other', /client id is wrong/],
    ['/callback', 'spa', /whole/],
    [`${redirectUri}#x`, 'spa', /#/],
    ['http://app.example.com/callback', 'spa', /https/],
    ['myapp:/callback', 'spa', /reverse/],
  ])('notices the redirect URI %s of %s', async (uri, clientId, fix) => {
    const { code, wrong } = await examine(createServer(), '--redirect-uri', uri, '--client-id', clientId)
    expect(wrong).toMatchObject([{ check: 'redirect URI', state: 'bad', fix: expect.stringMatching(fix) }])
    expect(code).toBe(1)
  })

  it('says that nobody is there', async () => {
    const { code, output } = await run(['doctor', '--issuer', issuer])
    expect(code).toBe(1)
    expect(output).toContain('✗ metadata: No answer from')
  })

  it('says how to be used', async () => {
    expect((await run(['doctor'])).errors).toContain('--issuer is missing')
    expect((await run(['doctor', '--issuer', issuer, '--origin', 'app'])).errors).toContain('--origin is')
  })
})
