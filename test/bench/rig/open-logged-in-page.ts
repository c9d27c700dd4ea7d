import type { BrowserContext, Page } from 'playwright-core'
import type { OutputChunk } from 'rollup'
import { buildPage } from '../build-page.ts'
import type { Contestant } from '../contestants.ts'
import { createAuthorizationServer, type Handler } from './authorization-server.ts'
import { listen, type Listening } from './listen.ts'

/** What a contestant's page exports; the rig puts it on the page's global object. */
export type PageModule = {
  start: () => Promise<unknown>
  login: () => Promise<unknown>
  getAccessToken: () => Promise<string>
}

/** Logs a contestant in, on an origin of its own, by its own code. */
export type Rig = Listening & { open: (context: BrowserContext, contestant: Contestant) => Promise<Page> }

declare global {
  var page: PageModule
  var started: Promise<unknown>
}

/** The hosts differ by their first label only: `*.localhost` leads to loopback and is a secure context. */
export async function createRig(): Promise<Rig> {
  const authorizationServer = await createAuthorizationServer()
  const files = new Map<string, string>()
  const server = await listen(async (request) => {
    const { hostname, pathname } = new URL(request.url)
    return hostname === 'id.localhost' ? authorizationServer(request) : serve(files, hostname + pathname)
  })

  const open = async (context: BrowserContext, contestant: Contestant): Promise<Page> => {
    const host = `${contestant.page.replace(/\.js$/, '')}.localhost`
    const issuer = contestant.httpsOnly ? 'https://id.localhost' : `http://id.localhost:${server.port}`
    const chunks = await buildPage(contestant, { issuer, clientId: 'spa' })
    for (const chunk of chunks) files.set(`${host}/${chunk.fileName}`, chunk.code)
    files.set(`${host}/`, html(chunks[0]))
    const page = await context.newPage()
    if (contestant.httpsOnly) await answerHttps(page, authorizationServer)
    await page.goto(`http://${host}:${server.port}/`)
    await logIn(page)
    return page
  }
  return { ...server, open }
}

function html(entry: OutputChunk): string {
  return `<!doctype html><title>bench</title><link rel="icon" href="data:,"><script type="module">
    import * as page from './${entry.fileName}'
    globalThis.page = page
    globalThis.started = page.start()
  </script>`
}

function serve(files: ReadonlyMap<string, string>, path: string): Response {
  const body = files.get(path)
  const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
  return new Response(body ?? '', {
    status: body === undefined ? 404 : 200,
    headers: { 'content-type': type },
  })
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
  await page.waitForFunction(() => 'started' in globalThis)
  await page.evaluate(() => globalThis.started)
  const tokenRequest = page.waitForResponse((response) => new URL(response.url()).pathname.endsWith('/token'))
  await page.evaluate(() => void globalThis.page.login())
  await tokenRequest
  await page.waitForFunction(async () => {
    await globalThis.started
    return (await globalThis.page.getAccessToken()).startsWith('ey')
  })
}
