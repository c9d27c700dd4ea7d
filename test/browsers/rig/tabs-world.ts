import {
  createReferenceServer,
  type RefreshTokenRotation,
  type ReferenceServer,
} from '@oauth-concierge/reference-server'
import { vi } from 'vitest'
import { type Door, openDoor } from '../../../examples/spa/server/door.ts'
import { type HeldRefresh, watchRefreshes } from './refresh-requests.ts'
import type { RigPage } from './rig-page.ts'
import { type AppOptions, serveApp } from './serve-app.ts'

/** An authorization server, an API and an app on three origins, for tabs that share a session. */
export interface TabsWorld {
  readonly authorizationServer: ReferenceServer
  /** A page of the app. */
  readonly address: (store: string) => string
  /** A page that shows that one in a frame without an origin. */
  readonly framed: (store: string) => string
  /** What its pages told of errors, and of what their policy forbids. */
  readonly faults: readonly string[]
  /** From now on the API refuses every access token that it has seen. */
  refuseOldTokens(): void
  /** Refresh requests that came so far. */
  refreshes(): number
  /** Holds the next refresh: `before` the server has carried it out, or its answer `after`. */
  holdRefresh(when: 'before' | 'after'): HeldRefresh
  close(): Promise<void>
}

const user = { username: 'ada', password: 'password' }

const stores = ['memory', 'session', 'encrypted', 'local', 'worker', 'worker-encrypted']

export async function startTabsWorld(
  rotation: RefreshTokenRotation,
  options?: AppOptions,
): Promise<TabsWorld> {
  const [issuer, api, app] = await Promise.all([
    openDoor({ host: '127.0.0.1', port: 0 }),
    openDoor({ host: '127.0.0.1', port: 0 }),
    openDoor({ host: 'localhost', port: 0 }),
  ])
  const address = (store: string): string => `${app.origin}/?store=${store}`
  const authorizationServer = createReferenceServer({
    issuer: issuer.origin,
    clients: [
      {
        clientId: 'tabs',
        redirectUris: [...stores.map(address), `${app.origin}/relay`],
        postLogoutRedirectUris: stores.map(address),
        skipConsent: true,
      },
    ],
    users: [{ ...user, claims: { sub: 'ada', name: 'Ada Example' } }],
    refreshTokenRotation: rotation,
  })
  const refreshes = watchRefreshes(authorizationServer.fetch)
  issuer.serve(refreshes.handler)
  const refuseOldTokens = serveApi(api)
  const faults = await serveApp(app, { issuer: issuer.origin, api: api.origin }, options)
  return {
    authorizationServer,
    address,
    framed: (store) => `${app.origin}/framed?store=${store}`,
    faults,
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
  await signIn(page)
  await startTab(page)
}

/** Fills in the form of the authorization server. */
export async function signIn(page: RigPage): Promise<void> {
  await page.fill('[name=username]', user.username)
  await page.fill('[name=password]', user.password)
  await page.click('[type=submit], form button')
}

/** Clicks on what makes the page go elsewhere and, at last, back to a page of the app; gives the session's status there. */
export async function leaveBy(page: RigPage, selector: string): Promise<string> {
  await page.evaluate(() => void Object.assign(window, { isLeft: true }))
  await page.click(selector)
  await vi.waitUntil(
    () => page.evaluate(() => 'tabs' in window && !('isLeft' in window)).catch(() => false),
    {
      timeout: 20_000,
    },
  )
  return startTab(page)
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
      'access-control-allow-headers': 'authorization, dpop',
      'access-control-expose-headers': 'www-authenticate',
    }
    if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers })
    const token = request.headers.get('authorization') ?? ''
    seen.add(token)
    if (!refused.has(token)) return Response.json({}, { headers })
    return new Response(null, {
      status: 401,
      headers: { ...headers, 'www-authenticate': `${token.split(' ')[0]} error="invalid_token"` },
    })
  })
  return () => seen.forEach((token) => refused.add(token))
}
