import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { json } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestServer, issuer, settle, type TestServer } from '../test-kit.test-support.ts'
import { type LoopbackLoginOptions, loopbackLogin } from './loopback-login.ts'
import { openBrowser } from './open-browser.ts'

let server: TestServer

beforeEach(() => {
  server = createTestServer({ authorization_endpoint: `${issuer}/authorize` })
  server.always(() =>
    json({ access_token: 'token', token_type: 'Bearer', expires_in: 600, refresh_token: 'r' }),
  )
})

const tool = (options: Partial<LoopbackLoginOptions> = {}) =>
  loopbackLogin({ issuer, clientId: 'tool', scope: 'orders', runtime: server.runtime, ...options })

interface Seen {
  readonly status: number
  readonly body: string
  readonly headers: Record<string, unknown>
}

function visit(
  url: string | URL,
  options: { readonly method?: string; readonly host?: string } = {},
): Promise<Seen> {
  const { method = 'GET', host } = options
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, ...(host !== undefined && { headers: { host } }) }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
    asked.on('error', reject).end()
  })
}

/** An address that is opened, and the moment it is. */
function createOpener(): { readonly opened: Promise<string>; open(url: string): void } {
  let open: (url: string) => void = () => undefined
  const opened = new Promise<string>((resolve) => {
    open = resolve
  })
  return { opened, open: (url) => open(url) }
}

/** The redirect that the server sends a browser to, for the address that it was opened at. */
function redirectFor(opened: string, parameters: Record<string, string | undefined> = {}): URL {
  const asked = new URL(opened).searchParams
  const url = new URL(asked.get('redirect_uri') ?? '')
  const all = { code: 'c', state: asked.get('state') ?? '', ...parameters }
  for (const [name, value] of Object.entries(all)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

const isClosed = (url: string | URL): Promise<unknown> =>
  expect(visit(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })

describe('a login by the browser of this machine', () => {
  it('opens it, takes one answer, shows a page and closes', async () => {
    let shown: Promise<Seen> | undefined
    let redirect: URL | undefined
    const login = tool({
      open: (url) => {
        redirect = redirectFor(url)
        shown = visit(redirect)
      },
    })
    await expect(login.getAccessToken()).resolves.toBe('token')
    const page = await shown
    expect(page).toMatchObject({ status: 200, body: expect.stringContaining('You may close this window') })
    expect(page?.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    expect(redirect?.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\?/)
    expect(server.forms()[0]?.get('redirect_uri')).toBe(`${redirect?.origin}/callback`)
    expect(server.forms()[0]?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
    await isClosed(redirect ?? '')
  })

  const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
    addresses?.some(({ address }) => address === '::1'),
  )

  it.skipIf(!hasIpv6)('listens on ::1 as well', async () => {
    let redirect = ''
    const login = tool({
      hosts: ['::1'],
      open: (url) => {
        redirect = redirectFor(url).href
        void visit(redirect)
      },
    })
    await expect(login.getAccessToken()).resolves.toBe('token')
    expect(redirect).toMatch(/^http:\/\/\[::1\]:\d+\/callback/)
  })

  it('is not ended by an answer that is not for it, nor by strangers', async () => {
    const seen: number[] = []
    const login = tool({
      open: async (url) => {
        const redirect = redirectFor(url)
        for (const foreign of [
          redirectFor(url, { state: 'forged' }),
          redirectFor(url, { state: undefined, error: 'access_denied', code: undefined }),
        ]) {
          seen.push((await visit(foreign)).status)
        }
        seen.push((await visit(redirect, { host: 'evil.example' })).status)
        seen.push((await visit(redirect, { method: 'POST' })).status)
        seen.push((await visit(new URL('/favicon.ico', redirect))).status)
        void visit(redirect)
      },
    })
    await expect(login.getAccessToken()).resolves.toBe('token')
    expect(seen).toEqual([400, 400, 404, 404, 404])
  })

  it('that the user declines says so, in the program and on the page', async () => {
    let shown: Promise<Seen> | undefined
    const login = tool({
      open: (url) => void (shown = visit(redirectFor(url, { error: 'access_denied', code: undefined }))),
    })
    const failure = login.getAccessToken()
    await expect(failure).rejects.toMatchObject({ code: 'access_denied' })
    await expect(shown).resolves.toMatchObject({ body: expect.stringContaining('Not logged in') })
  })

  it('gives up after a while, and closes', async () => {
    const { open, opened } = createOpener()
    const login = tool({ open, timeout: 60_000 })
    const failure = expect(login.getAccessToken()).rejects.toMatchObject({ code: 'authorization_expired' })
    const redirect = redirectFor(await opened)
    await settle()
    await server.clock.advance(60)
    await failure
    await isClosed(redirect)
  })

  it('ends by a signal, and closes', async () => {
    const abort = new AbortController()
    const { open, opened } = createOpener()
    const failure = expect(tool({ open }).login({ signal: abort.signal })).rejects.toThrow('enough')
    const redirect = redirectFor(await opened)
    await settle()
    abort.abort(new Error('enough'))
    await failure
    await settle()
    await isClosed(redirect)
  })

  it('whose browser cannot be opened says so, and closes', async () => {
    await expect(
      tool({ open: () => Promise.reject(new Error('no browser')) }).getAccessToken(),
    ).rejects.toThrow('no browser')
  })
})

describe('the browser', () => {
  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'ftp://x.example'])(
    'is not opened at %s',
    async (url) => {
      await expect(openBrowser(url)).rejects.toThrow('only web addresses')
    },
  )
})
