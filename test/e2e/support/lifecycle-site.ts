import { fileURLToPath } from 'node:url'
import { createReferenceServer, type Habits, type ReferenceServer } from '@oauth-concierge/reference-server'
import { build } from 'esbuild'
import { type Door, openDoor } from '../../../examples/spa/server/door.ts'
import type { PageSettings } from '../pages/lifecycle-page.ts'

/** How the site and its authorization server are this time. */
export interface SiteOptions {
  readonly settings?: Partial<PageSettings>
  /** Headers over the usual ones, of the page and of the page that answers come to. */
  readonly headers?: Readonly<Record<string, string>>
  readonly relayHeaders?: Readonly<Record<string, string>>
  /** Whether the authorization server is on the site of the page. Default: on another. */
  readonly isSameSite?: boolean
  readonly habits?: Habits
  /** Laid around the authorization server. */
  readonly around?: (handler: Handler) => Handler
}

type Handler = (request: Request) => Promise<Response>

/** A page under a strict policy, and its authorization server, which has a small API too. */
export interface LifecycleSite {
  readonly app: Door
  readonly issuer: Door
  readonly authorizationServer: ReferenceServer
  /** What the pages told of themselves. */
  readonly seen: readonly string[]
  /** More of the site, by path, as a test adds it. */
  readonly routes: Map<string, Handler>
  close(): Promise<void>
}

const bundle = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../pages/${name}.ts`, import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Needs the built packages. */
export async function openLifecycleSite(options: SiteOptions = {}): Promise<LifecycleSite> {
  const app = await openDoor({ host: 'localhost', port: 0 })
  const issuer = await openDoor({ host: options.isSameSite ? 'localhost' : '127.0.0.1', port: 0 })
  const authorizationServer = createReferenceServer({
    issuer: issuer.origin,
    clients: [
      {
        clientId: 'spa',
        redirectUris: [`${app.origin}/`, `${app.origin}/relay.html`],
        postLogoutRedirectUris: [`${app.origin}/`],
        skipConsent: true,
      },
    ],
    users: [{ username: 'ada', password: 'password', claims: { name: 'Ada Example' } }],
    ...(options.habits && { habits: options.habits }),
  })
  const serve: Handler = (request) => authorizationServer.fetch(request)
  issuer.serve(options.around?.(serve) ?? serve)
  const seen: string[] = []
  const routes = new Map<string, Handler>()
  const serveSite = await createSite(issuer.origin, options)
  app.serve(async (request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/seen') seen.push(decodeURIComponent(search.slice(1)))
    return (routes.get(pathname) ?? serveSite)(request)
  })
  const close = async (): Promise<void> => void (await Promise.all([app.shut(), issuer.shut()]))
  return { app, issuer, authorizationServer, seen, routes, close }
}

async function createSite(issuer: string, options: SiteOptions): Promise<Handler> {
  const settings = JSON.stringify({ issuer, ...options.settings }).replaceAll('"', '&quot;')
  const usual = {
    'Content-Security-Policy': policy(issuer),
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-cache',
  }
  const page = `<!doctype html><html lang="en"><meta name="settings" content="${settings}"><title>App</title>
    <body><button id="popup">Popup</button><button id="redirect">Redirect</button><a href="/other">Other page</a>
    <script type="module" src="/app.js"></script></body></html>`
  const relay = `<!doctype html><html lang="en"><title>Signing in</title><p>You can close this window.</p>
    <script type="module" src="/relay.js"></script></html>`
  const scripts = ['lifecycle-page', 'relay-page', 'ahead-page'].map(bundle)
  const [appScript = '', relayScript = '', aheadScript = ''] = await Promise.all(scripts)
  const html = 'text/html; charset=utf-8'
  const script = 'text/javascript; charset=utf-8'
  const answers = new Map<string, readonly [body: string, type: string, headers?: SiteOptions['headers']]>([
    ['/app.js', [appScript, script]],
    ['/relay.js', [relayScript, script]],
    ['/ahead.js', [aheadScript, script]],
    ['/ahead', [`${page}<script type="module" src="/ahead.js"></script>`, html, options.headers]],
    ['/relay.html', [relay, html, options.relayHeaders]],
    ['/other', ['<!doctype html><title>Other</title><p>Another page of the site</p>', html]],
    ['/favicon.ico', ['', 'image/x-icon']],
  ])
  return async (request) => {
    const [body, type, headers] = answers.get(new URL(request.url).pathname) ?? [page, html, options.headers]
    return new Response(body, { headers: { ...usual, 'Content-Type': type, ...headers } })
  }
}

/** Nothing inline, nothing from elsewhere. */
export function policy(issuer: string): string {
  return [
    `default-src 'self'`,
    `connect-src 'self' ${issuer}`,
    `frame-src 'self' ${issuer}`,
    `form-action 'self' ${issuer}`,
    `base-uri 'none'`,
    `object-src 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types 'none'`,
  ].join('; ')
}
