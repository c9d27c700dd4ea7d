import { fileURLToPath } from 'node:url'
import {
  createReferenceServer,
  type RefreshTokenRotation,
  type ReferenceServer,
} from '@oauth-concierge/reference-server'
import { type Door, openDoor } from '../../../examples/spa/server/door.ts'
import { bundlePage } from './bundle-page.ts'
import { type HeldRefresh, watchRefreshes } from './refresh-requests.ts'
import type { RigPage } from './rig-page.ts'

/** An authorization server, an API and an app on three origins, for tabs that share a session. */
export interface TabsWorld {
  readonly authorizationServer: ReferenceServer
  /** A page of the app. */
  readonly address: (store: string) => string
  /** From now on the API refuses every access token that it has seen. */
  refuseOldTokens(): void
  /** Refresh requests that came so far. */
  refreshes(): number
  /** Holds the next refresh: `before` the server has carried it out, or its answer `after`. */
  holdRefresh(when: 'before' | 'after'): HeldRefresh
  close(): Promise<void>
}

const user = { username: 'ada', password: 'password' }

export async function startTabsWorld(rotation: RefreshTokenRotation): Promise<TabsWorld> {
  const [issuer, api, app] = await Promise.all([
    openDoor({ host: '127.0.0.1', port: 0 }),
    openDoor({ host: '127.0.0.1', port: 0 }),
    openDoor({ host: 'localhost', port: 0 }),
  ])
  const authorizationServer = createReferenceServer({
    issuer: issuer.origin,
    clients: [
      {
        clientId: 'tabs',
        redirectUris: ['encrypted', 'local', 'memory', 'worker', 'worker-encrypted'].map(
          (store) => `${app.origin}/?store=${store}`,
        ),
        postLogoutRedirectUris: [`${app.origin}/`],
        skipConsent: true,
      },
    ],
    users: [{ ...user, claims: { sub: 'ada' } }],
    refreshTokenRotation: rotation,
  })
  const refreshes = watchRefreshes(authorizationServer.fetch)
  issuer.serve(refreshes.handler)
  const refuseOldTokens = serveApi(api)
  await serveApp(app, { issuer: issuer.origin, api: api.origin })
  return {
    authorizationServer,
    address: (store) => `${app.origin}/?store=${store}`,
    refuseOldTokens,
    refreshes: refreshes.count,
    holdRefresh: refreshes.hold,
    close: async () => void (await Promise.all([issuer, api, app].map((door) => door.shut()))),
  }
}

/** Logs the user in, from a page of the app and back to it. */
export async function logInTab(page: RigPage, address: string): Promise<void> {
  await page.goto(address)
  await startTab(page)
  await page.click('#login')
  await page.fill('[name=username]', user.username)
  await page.fill('[name=password]', user.password)
  await page.click('[type=submit], form button')
  await startTab(page)
}

/** Waits for the page's script, and starts its session; gives the session's status. */
export async function startTab(page: RigPage): Promise<string> {
  return page.evaluate(async () => {
    while (!window.tabs) await new Promise((later) => setTimeout(later, 20))
    await window.tabs.auth.start()
    return window.tabs.auth.session.status
  })
}

function serveApi(door: Door): () => void {
  const seen = new Set<string>()
  const refused = new Set<string>()
  door.serve(async (request) => {
    const headers = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization',
      'access-control-expose-headers': 'www-authenticate',
    }
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
    const token = request.headers.get('authorization') ?? ''
    seen.add(token)
    if (!refused.has(token)) return Response.json({}, { headers })
    return new Response(null, {
      status: 401,
      headers: { ...headers, 'www-authenticate': 'Bearer error="invalid_token"' },
    })
  })
  return () => seen.forEach((token) => refused.add(token))
}

const policy =
  "default-src 'self'; connect-src *; form-action *; require-trusted-types-for 'script'; trusted-types concierge"

async function serveApp(
  door: Door,
  places: { readonly issuer: string; readonly api: string },
): Promise<void> {
  const [page, worker] = await Promise.all([
    bundlePage(fileURLToPath(new URL('../pages/tabs-page.ts', import.meta.url))),
    bundlePage(fileURLToPath(new URL('../../../packages/browser/src/worker.ts', import.meta.url))),
  ])
  const scripts: Readonly<Record<string, string>> = { '/script.js': page, '/worker.js': worker }
  const html = `<!doctype html><title>Tabs</title><meta name="issuer" content="${places.issuer}"><meta name="api" content="${places.api}"><script defer src="/script.js"></script><button id="login">Log in</button><button id="logout">Log out</button>`
  door.serve(async (request) => {
    const script = scripts[new URL(request.url).pathname]
    if (script) return new Response(script, { headers: { 'content-type': 'text/javascript' } })
    return new Response(html, {
      headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy },
    })
  })
}
