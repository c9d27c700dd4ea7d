import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { bundlePage } from './bundle-page.ts'

/** A page with one script, on this machine. */
export interface ServedPage {
  /** The page under an origin of its own, which shares no storage with others: a path may be added. */
  origin(name: string): string
  close(): Promise<void>
}

/**
 * Bundles a script out of the packages' sources and serves it with a page, under a Content Security Policy as strict as there is.
 * Every path gives the page, with a link `#copy` to a copy of the tab; `/framed` gives one that shows it in a frame without an origin.
 */
export async function servePage(script: URL): Promise<ServedPage> {
  const code = await bundlePage(fileURLToPath(script))
  const server = createServer(({ url, headers }, response) => {
    if (url === '/script.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(code)
      return
    }
    // The origin is named as well, since WebKit takes 'self' for nothing in a frame without an origin.
    const policy = `default-src 'self' http://${headers.host}; require-trusted-types-for 'script'`
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
    })
    response.end(html(url === '/framed' ? '<iframe sandbox="allow-scripts" src="/"></iframe>' : copyLink))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    origin: (name) => `http://${name}.localhost:${port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The tab that it opens begins with a copy of this tab's storage, as a duplicated tab does. */
const copyLink = '<a id="copy" href="/" target="_blank" rel="opener">A copy of this tab</a>'

const html = (content: string): string =>
  `<!doctype html><title>Page</title><script defer src="/script.js"></script>${content}`
