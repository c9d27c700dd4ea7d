import type { BrowserContext, Page } from 'playwright-core'
import type { Contestant } from '../contestants.ts'
import { createAuthorizationServer, type Handler } from './authorization-server.ts'
import { listen, type Listening } from './listen.ts'
import { buildFiles, type PageFiles, serveFile } from './page-files.ts'

export type Rig = Listening & {
  /** Builds a contestant's page, which else is done as it is opened first; gives its host. */
  build: (contestant: Contestant) => Promise<string>
  /** Opens a contestant's page, on an origin of its own, and waits for its `start()`. */
  openPage: (context: BrowserContext, contestant: Contestant) => Promise<Page>
  /** Opens one and logs it in, by its own code. */
  open: (context: BrowserContext, contestant: Contestant) => Promise<Page>
  /** When the next authorization request arrives, in milliseconds since 1970. */
  nextAuthorizationRequest: () => Promise<number>
}

/** The hosts differ by their first label only: `*.localhost` leads to loopback and is a secure context. */
export async function createRig(): Promise<Rig> {
  const { answer, next } = observeAuthorization(await createAuthorizationServer())
  const sites = new Map<string, PageFiles>()
  const server = await listen(async (request) => {
    const { hostname, pathname } = new URL(request.url)
    return hostname === 'id.localhost' ? answer(request) : serveFile(sites.get(hostname), pathname)
  })

  const build = async (contestant: Contestant): Promise<string> => {
    const host = `${contestant.page.replace(/\.js$/, '')}.localhost`
    const issuer = contestant.httpsOnly ? 'https://id.localhost' : `http://id.localhost:${server.port}`
    if (!sites.has(host)) sites.set(host, await buildFiles(contestant, { issuer, clientId: 'spa' }))
    return host
  }
  const openPage = async (context: BrowserContext, contestant: Contestant): Promise<Page> => {
    const host = await build(contestant)
    const page = await context.newPage()
    if (contestant.httpsOnly) await answerHttps(page, answer)
    await page.goto(`http://${host}:${server.port}/`)
    await page.waitForFunction(() => 'started' in globalThis)
    await page.evaluate(() => globalThis.started)
    return page
  }
  const open = async (context: BrowserContext, contestant: Contestant): Promise<Page> => {
    const page = await openPage(context, contestant)
    await logIn(page)
    return page
  }
  return { ...server, build, openPage, open, nextAuthorizationRequest: next }
}

function observeAuthorization(handler: Handler): { answer: Handler; next: () => Promise<number> } {
  let arrive: (at: number) => void = () => undefined
  return {
    answer: (request) => {
      const at = performance.timeOrigin + performance.now()
      if (new URL(request.url).pathname.endsWith('/authorize')) arrive(at)
      return handler(request)
    },
    next: () => new Promise((resolve) => (arrive = resolve)),
  }
}

/** No certificate is needed for what never leaves the browser. */
async function answerHttps(page: Page, handler: Handler): Promise<void> {
  await page.route('https://id.localhost/**', async (route) => {
    const request = route.request()
    const body = request.postData()
    const response = await handler(
      new Request(request.url(), { method: request.method(), headers: request.headers(), body }),
    )
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    })
  })
}

/** Through the contestant's own login and callback: what it stores and how is its own affair. */
async function logIn(page: Page): Promise<void> {
  const tokenRequest = page
    .context()
    .waitForEvent('response', (response) => new URL(response.url()).pathname.endsWith('/token'))
  await page.evaluate(() => void globalThis.page.login())
  await tokenRequest
  await page.waitForFunction(async () => {
    await globalThis.started
    return (await globalThis.page.getAccessToken()).startsWith('ey')
  })
}
