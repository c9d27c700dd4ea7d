import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import type { Handler } from './handler.ts'

/** What the page has to know, and may talk to. */
export interface SpaSiteOptions {
  /** Where the built app lies. */
  readonly directory: URL
  readonly issuer: string
  readonly api: string
  readonly clientId: string
  /** Who has the tokens: the page, which talks to both servers itself, or a BFF on its own origin. Default `page`. */
  readonly tokensAt?: 'page' | 'bff'
  /** Where a BFF keeps its sessions, in words. */
  readonly sessions?: string
}

interface File {
  readonly body: string
  readonly type: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
}

/**
 * Serves the built app. Every file is read at the start, so a path of a request never reaches the file system.
 * A path without a file extension gets the page: the app may have addresses of its own.
 */
export function createSpaSite(options: SpaSiteOptions): Handler {
  const files = readFiles(options)
  const headers = securityHeaders(options)
  return async (request) => {
    const { pathname } = new URL(request.url)
    const file = files.get(extname(pathname) === '' ? '/index.html' : pathname)
    if (!file) return new Response('Not found\n', { status: 404, headers })
    return new Response(file.body, { headers: { ...headers, 'Content-Type': file.type } })
  }
}

function readFiles({ directory, ...options }: SpaSiteOptions): ReadonlyMap<string, File> {
  const { issuer, api, clientId, tokensAt = 'page', sessions = '' } = options
  const settings: Readonly<Record<string, string>> = {
    issuer,
    api,
    'client-id': clientId,
    'tokens-at': tokensAt,
    sessions,
  }
  const read = (name: string): File => {
    const text = readFileSync(new URL(name, directory), 'utf8')
    const body =
      name === 'index.html' ? text.replace(/{{([\w-]+)}}/g, (_, key: string) => settings[key] ?? '') : text
    return { body, type: types[extname(name)] ?? 'application/octet-stream' }
  }
  return new Map(readdirSync(directory).map((name) => [`/${name}`, read(name)]))
}

/**
 * Nothing inline, nothing from elsewhere; scripts may talk to the two servers only. Logging out is a form post to the issuer, which redirects
 * back here, and Chromium holds the redirect to `form-action` as well. Behind a BFF, nothing goes anywhere but to the page's own origin.
 */
function securityHeaders({ issuer, api, tokensAt }: SpaSiteOptions): Readonly<Record<string, string>> {
  const servers = [issuer, api].map((url) => new URL(url).origin)
  const [connect, post] = tokensAt === 'bff' ? ["'self'", ''] : [servers.join(' '), servers[0]]
  const policy = [
    `default-src 'self'`,
    `connect-src ${connect}`,
    `form-action 'self' ${post}`,
    `base-uri 'none'`,
    `object-src 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types concierge`,
  ]
  return {
    'Content-Security-Policy': policy.join('; '),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
  }
}
