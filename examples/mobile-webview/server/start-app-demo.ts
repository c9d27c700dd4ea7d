import { readdirSync, readFileSync } from 'node:fs'
import { extname } from 'node:path'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { listen } from '@oauth-concierge/reference-server/node'

/** The person who can log in. */
export const appUser = { username: 'ada', password: 'password', name: 'Ada Example' }

/** An authorization server for the app, and the page for an ordinary browser. */
export interface AppDemo {
  readonly issuer: string
  readonly authorizationServer: ReferenceServer
  /** Where the page is for an ordinary browser. */
  readonly site: string
  /** The files of the app, as they go into its shell. */
  readonly files: ReadonlyMap<string, AppFile>
  close(): Promise<void>
}

export interface AppFile {
  readonly body: string
  readonly type: string
}

/** What the pages in shells call their origin: Capacitor's on iOS, and on Android. An authorization server must let both of them in. */
const shellOrigins = ['capacitor://localhost', 'https://localhost']

/** Starts both on loopback. The app must be built before. */
export async function startAppDemo(): Promise<AppDemo> {
  const files = new Map<string, AppFile>()
  const site = await listen(() => ({ fetch: async (request: Request) => serve(files, request) }), {
    host: 'localhost',
  })
  const issuer = await listen((origin) => letShellsIn(createServer(origin, site.origin)), {
    host: '127.0.0.1',
  })
  readFiles(issuer.origin, files)
  return {
    issuer: issuer.origin,
    authorizationServer: issuer.served.server,
    site: site.origin,
    files,
    close: async () => void (await Promise.all([issuer.close(), site.close()])),
  }
}

function createServer(issuer: string, site: string): ReferenceServer {
  const { username, password, name } = appUser
  return createReferenceServer({
    issuer,
    clients: [
      {
        clientId: 'app',
        clientName: 'Concierge app',
        skipConsent: true,
        redirectUris: ['com.example.concierge:/callback', `${site}/`],
        postLogoutRedirectUris: ['com.example.concierge:/goodbye', `${site}/`],
      },
    ],
    users: [{ username, password, claims: { name } }],
    lifetimes: { accessToken: 120 },
  })
}

/** CORS for the pages in shells, whose origins no redirect URI tells. */
function letShellsIn(server: ReferenceServer): {
  readonly server: ReferenceServer
  fetch(request: Request): Promise<Response>
} {
  return {
    server,
    fetch: async (request) => {
      const origin = request.headers.get('origin') ?? ''
      if (!shellOrigins.includes(origin)) return server.fetch(request)
      const isPreflight = request.method === 'OPTIONS'
      const answer = isPreflight ? new Response(null, { status: 204 }) : await server.fetch(request)
      const headers = new Headers(answer.headers)
      headers.set('access-control-allow-origin', origin)
      headers.set('access-control-allow-headers', 'authorization, content-type, dpop')
      return new Response(answer.body, { status: answer.status, headers })
    },
  }
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
}

/** Every file is read at the start, so a path of a request never reaches the file system. */
function readFiles(issuer: string, files: Map<string, AppFile>): void {
  const directory = new URL('../dist/', import.meta.url)
  for (const name of readdirSync(directory)) {
    const body = readFileSync(new URL(name, directory), 'utf8').replace('{{issuer}}', issuer)
    files.set(`/${name}`, { body, type: types[extname(name)] ?? 'application/octet-stream' })
  }
}

function serve(files: ReadonlyMap<string, AppFile>, request: Request): Response {
  const { pathname } = new URL(request.url)
  const file = files.get(extname(pathname) === '' ? '/index.html' : pathname)
  return file
    ? new Response(file.body, { headers: { 'Content-Type': file.type, 'Referrer-Policy': 'no-referrer' } })
    : new Response('Not found\n', { status: 404 })
}
