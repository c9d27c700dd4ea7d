import { fileURLToPath } from 'node:url'
import type { Door } from '../../../examples/spa/server/door.ts'
import { bundlePage } from './bundle-page.ts'
import { type Missing, takeAway, tellFaults } from './take-away.ts'

/** How the app is this time. */
export interface AppOptions {
  /** What its pages and workers have to do without. */
  readonly missing?: readonly Missing[]
  /** Whether the file of the worker is nowhere. */
  readonly lacksWorkerFile?: boolean
  /** Whether pages cut themselves off from the windows they open (Cross-Origin-Opener-Policy). */
  readonly isCutOff?: boolean
  /** Whether tokens are bound to a key in IndexedDB. */
  readonly isKeyBound?: boolean
}

/** Where the servers are that the app's pages talk to. */
export interface Places {
  readonly issuer: string
  readonly api: string
}

/**
 * Serves the app under a Content Security Policy as strict as there is: every path gives the page, `/relay` the one that hands answers on,
 * `/elsewhere` one without a script, `/framed` one that shows the page in a frame without an origin.
 * @returns what the pages told of errors and of what the policy forbids, so far
 */
export async function serveApp(
  door: Door,
  places: Places,
  options: AppOptions = {},
): Promise<readonly string[]> {
  const told: string[] = []
  const scripts = await bundleScripts(options)
  const headers = { 'content-type': 'text/html; charset=utf-8', ...headersOf(door.origin, places, options) }
  const page = (content: string): Response =>
    new Response(`<!doctype html><title>Tabs</title>${content}`, { headers })
  door.serve(async (request) => {
    const { pathname, search } = new URL(request.url)
    if (pathname === '/told') return noteFault(request, told)
    const script = scripts[pathname]
    if (script !== undefined) return new Response(script, { headers: scriptHeaders(headers) })
    if (pathname.endsWith('.js')) return new Response(null, { status: 404 })
    switch (pathname) {
      case '/relay':
        return page('<script src="/relay.js"></script>')
      case '/elsewhere':
        return page('<p id="elsewhere">Another page of the app</p>')
      case '/framed':
        return page(`<iframe sandbox="allow-scripts" src="/${search}"></iframe>`)
      default:
        return page(content(door.origin, places, options))
    }
  })
  return told
}

async function noteFault(request: Request, told: string[]): Promise<Response> {
  told.push(await request.text())
  return new Response(null, { status: 204 })
}

async function bundleScripts({ missing = [], lacksWorkerFile }: AppOptions): Promise<Record<string, string>> {
  const bundle = (path: string): Promise<string> =>
    bundlePage(fileURLToPath(new URL(`../../../${path}`, import.meta.url)))
  const [page, relay, worker] = await Promise.all([
    bundle('test/browsers/pages/tabs-page.ts'),
    bundle('test/browsers/pages/relay-page.ts'),
    bundle('packages/browser/src/worker.ts'),
  ])
  const first = `(${takeAway})(${JSON.stringify(missing)})`
  return {
    '/first.js': `${first};(${tellFaults})()`,
    '/script.js': page,
    '/relay.js': relay,
    ...(!lacksWorkerFile && { '/worker.js': `${first};${worker}` }),
  }
}

/** The origin is named as well, since WebKit takes 'self' for nothing in a frame without an origin. */
function headersOf(origin: string, { issuer, api }: Places, options: AppOptions): Record<string, string> {
  const policy = [
    `default-src 'self' ${origin}`,
    `connect-src 'self' ${origin} ${issuer} ${api}`,
    `form-action 'self' ${issuer}`,
    "require-trusted-types-for 'script'",
    'trusted-types concierge',
  ]
  return {
    'content-security-policy': policy.join('; '),
    ...(options.isCutOff && { 'cross-origin-opener-policy': 'same-origin' }),
  }
}

/** A worker has the policy that its file comes with. */
function scriptHeaders(headers: Record<string, string>): Record<string, string> {
  return { ...headers, 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }
}

function content(origin: string, { issuer, api }: Places, { isKeyBound = false }: AppOptions): string {
  const settings = { origin, issuer, api, 'key-bound': String(isKeyBound) }
  const metas = Object.entries(settings).map(([name, value]) => `<meta name="${name}" content="${value}">`)
  const buttons = ['login', 'popup', 'logout'].map((id) => `<button id="${id}">${id}</button>`)
  const scripts = '<script src="/first.js"></script><script defer src="/script.js"></script>'
  // The tab that the link opens begins with a copy of this tab's storage, as a duplicated tab does.
  const links = '<a id="copy" target="_blank" rel="opener">A copy</a><a id="away" href="/elsewhere">Away</a>'
  return `${metas.join('')}${scripts}${buttons.join('')}${links}<p id="who"></p>`
}
