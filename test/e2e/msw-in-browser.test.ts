import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ReferenceServer } from '@oauth-concierge/reference-server'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from '../../tools/ensure-programs.ts'

const executablePath = findProgram('chromium')
const source = (file: string): string =>
  fileURLToPath(new URL(`../../packages/reference-server/src/${file}`, import.meta.url))

/** What the program below leaves in the page. */
interface TestGlobal {
  readonly server: ReferenceServer
}

/** What an application's own browser test would write. */
const program = `
import { setupWorker } from 'msw/browser'
import { createReferenceServer } from '${source('index.ts')}'
import { handlers } from '${source('msw.ts')}'

const server = createReferenceServer({
  issuer: 'https://as.example',
  clients: [{ clientId: 'spa', redirectUris: ['https://app.example/callback'], skipConsent: false }],
})
const worker = setupWorker(...handlers(server))
globalThis.started = worker.start({ quiet: true }).then(() => Object.assign(globalThis, { server }))
`

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

const worker = readFileSync(createRequire(import.meta.url).resolve('msw/mockServiceWorker.js'), 'utf8')

function serve(code: string): Promise<Server> {
  const files = new Map([
    ['/', ['text/html', '<!doctype html><script type="module" src="/app.js"></script>']],
    ['/app.js', ['text/javascript', code]],
    ['/mockServiceWorker.js', ['text/javascript', worker]],
  ] as const)
  const server = createServer((request, response) => {
    const [type, body] = files.get((request.url ?? '/') as '/') ?? ['text/plain', '']
    response.setHeader('Content-Type', type).end(body)
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe.skipIf(executablePath === undefined)('msw in Chromium', () => {
  let site: Server
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    site = await serve(await bundle())
    browser = await chromium.launch({
      ...(executablePath && { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    })
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
    await page.waitForFunction('globalThis.server !== undefined')
  })

  afterAll(async () => {
    await browser.close()
    site.close()
  })

  test('a script logs in without a page and gets tokens, with no server anywhere', async () => {
    const outcome = await page.evaluate(async () => {
      const { server } = globalThis as unknown as TestGlobal
      const verifier = 'a-verifier-of-at-least-forty-three-characters'
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
      const challenge = btoa(String.fromCharCode(...new Uint8Array(digest)))
      const metadata = await (await fetch('https://as.example/.well-known/openid-configuration')).json()
      const url = new URL(metadata.authorization_endpoint)
      url.search = new URLSearchParams({
        client_id: 'spa',
        redirect_uri: 'https://app.example/callback',
        response_type: 'code',
        scope: 'openid',
        state: 'st-1',
        code_challenge: challenge.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''),
        code_challenge_method: 'S256',
      }).toString()
      const response = await server.signIn({ url, username: 'ada' })
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'spa',
        code: response.searchParams.get('code') ?? '',
        redirect_uri: 'https://app.example/callback',
        code_verifier: verifier,
      })
      const answer = await fetch(metadata.token_endpoint, { method: 'POST', body })
      const tokens = await answer.json()
      server.assert.tokenRequests({ count: 1 })
      server.assert.noErrors()
      return { status: answer.status, type: tokens.token_type, hasIdToken: 'id_token' in tokens }
    })
    expect(outcome).toEqual({ status: 200, type: 'Bearer', hasIdToken: true })
  })

  test('faults strike there too', async () => {
    const outcome = await page.evaluate(async () => {
      const { server } = globalThis as unknown as TestGlobal
      server.faults.on('network.closed_without_answer')
      const closed = await fetch('https://as.example/jwks').catch((error: Error) => error.name)
      server.faults.on('http.rate_limited')
      const limited = await fetch('https://as.example/jwks')
      server.faults.on('id_token.wrong_nonce')
      return [closed, limited.status, server.faults.list().length]
    })
    expect(outcome).toEqual(['TypeError', 429, 1])
  })
})
