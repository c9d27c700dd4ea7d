import { setTimeout as sleep } from 'node:timers/promises'
import {
  createReferenceServer,
  type ReferenceServer,
  type RefreshTokenRotation,
} from '@oauth-concierge/reference-server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { openDoor } from '../../../examples/spa/server/door.ts'
import { type RefreshRequests, watchRefreshes } from '../../browsers/rig/refresh-requests.ts'
import type { Contestant } from '../contestants.ts'
import { movableClock } from './movable-clock.ts'
import { buildFiles, serveFile } from './page-files.ts'

/** A contestant for tabs; its authorization server speaks as its own does. */
export type TabsContestant = Contestant & { dialect?: 'auth0' }

/** An authorization server and an app, whose user is logged in in some tabs. */
export type TabsWorld = {
  refreshes: RefreshRequests
  /** Families that the server has revoked. */
  revoked: () => number
  /** Opens as many tabs; the first one logs in. */
  openTabs: (count: number) => Promise<Page[]>
  /** Moves all clocks on, so that every access token has run out. */
  expireTokens: (tabs: readonly Page[]) => Promise<void>
  /** Whether the tab has, or gets, an access token that the server honours. */
  isLoggedIn: (tab: Page) => Promise<boolean>
  [Symbol.asyncDispose]: () => Promise<void>
}

/** What a token request takes beside its work. */
const answerAfter = 300
/** More than the life of an access token or an ID token, less than that of a refresh token. */
const jump = 48 * 3_600
const user = { username: 'ada', password: 'password', claims: { sub: 'ada' } }

export async function startTabsWorld(
  browser: Browser,
  contestant: TabsContestant,
  refreshTokenRotation: RefreshTokenRotation,
): Promise<TabsWorld> {
  const issuer = await openDoor({ host: '127.0.0.1', port: 0 })
  const app = await openDoor({ host: 'localhost', port: 0 })
  const server = createReferenceServer({
    ...(contestant.dialect && { dialect: contestant.dialect }),
    issuer: issuer.origin,
    clients: [{ clientId: 'tabs', redirectUris: [`${app.origin}/`], skipConsent: true }],
    users: [user],
    refreshTokenRotation,
  })
  const refreshes = watchRefreshes(inTheField(server))
  issuer.serve(refreshes.handler)
  const files = await buildFiles(contestant, { issuer: issuer.origin, clientId: 'tabs' })
  let ahead = 0
  app.serve(async ({ url }) => serveFile(files, new URL(url).pathname, movableClock(ahead)))
  const context = await browser.newContext()
  context.setDefaultTimeout(60_000)
  return {
    refreshes,
    revoked: () => server.ledger.countEvents('family_revoked'),
    openTabs: (count) => openTabs(context, `${app.origin}/`, count),
    expireTokens: async (tabs) => {
      ahead += jump
      server.clock.advance(jump)
      await moveClocks(tabs, ahead)
    },
    isLoggedIn: (tab) => isLoggedIn(server, tab),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([issuer.shut(), app.shut()])
    },
  }
}

/** A token request takes its time, and a client may send headers of its own, as auth0-spa-js does. */
function inTheField({ fetch }: ReferenceServer): ReferenceServer['fetch'] {
  return async (request) => {
    const response = await fetch(request)
    const asked = request.headers.get('access-control-request-headers')
    if (asked) return allowing(response, asked)
    if (new URL(request.url).pathname.endsWith('/token')) await sleep(answerAfter)
    return response
  }
}

function allowing(response: Response, requestHeaders: string): Response {
  const headers = new Headers(response.headers)
  headers.set('access-control-allow-headers', requestHeaders)
  return new Response(response.body, { status: response.status, headers })
}

async function openTabs(context: BrowserContext, address: string, count: number): Promise<Page[]> {
  const first = await context.newPage()
  await first.goto(address)
  await started(first)
  await first.evaluate(() => void globalThis.page.login())
  await first.fill('[name=username]', user.username)
  await first.fill('[name=password]', user.password)
  await first.click('form button')
  await first.waitForURL((url) => url.href.startsWith(address))
  await started(first)
  const tabs = [first]
  while (tabs.length < count) {
    const tab = await context.newPage()
    await tab.goto(address)
    await started(tab)
    tabs.push(tab)
  }
  for (const tab of tabs) await tab.evaluate(() => globalThis.page.getAccessToken())
  return tabs
}

/** Waits for the script of a page and for its `start()`. */
export async function started(tab: Page): Promise<void> {
  await tab.waitForFunction(() => 'started' in globalThis)
  await tab.evaluate(() => globalThis.started)
}

/** In all tabs before anything else can happen in one, and in the worker, which shares their channel. */
async function moveClocks(tabs: readonly Page[], ahead: number): Promise<void> {
  await tabs[0]?.evaluate((seconds) => {
    globalThis.secondsAhead = seconds
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel is of one origin
    new BroadcastChannel('bench-clock').postMessage(seconds)
  }, ahead)
  for (const tab of tabs) await tab.waitForFunction((seconds) => globalThis.secondsAhead === seconds, ahead)
}

const attempts = 4

/** An answer that nobody knows yet, as after a refresh without an answer, may be there a moment later. */
async function isLoggedIn(server: ReferenceServer, tab: Page): Promise<boolean> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await sleep(500)
    const token = await ask(tab)
    if (token && (await isHonoured(server, token))) return true
  }
  return false
}

/** The tab's access token, or nothing. */
export function ask(tab: Page): Promise<string | undefined> {
  return tab.evaluate(() => globalThis.page.getAccessToken().catch(() => undefined))
}

async function isHonoured({ issuer, fetch }: ReferenceServer, token: string): Promise<boolean> {
  const url = new URL('/userinfo', issuer)
  const { ok } = await fetch(new Request(url, { headers: { authorization: `Bearer ${token}` } }))
  return ok
}
