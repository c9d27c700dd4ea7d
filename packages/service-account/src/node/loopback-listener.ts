import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StorageError } from '@oauth-concierge/core'

/** Takes the parameters of an answer up. `foreign`: they are not those waited for, and whoever sent them ends nothing. */
export type Visit = (parameters: URLSearchParams) => Promise<'finished' | 'foreign'>

/** Listens on loopback for one answer. */
export interface LoopbackListener {
  readonly redirectUri: string
  /** Settles as the visit does that was not foreign. */
  readonly answered: Promise<void>
  /** Ends every connection. */
  close(): void
}

const path = '/callback'

const page = (title: string, text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>body{font:1.1rem system-ui,sans-serif;margin:20vh auto;max-width:30rem;padding:0 1rem;color-scheme:light dark}</style><h1>${title}</h1><p>${text}</p></html>`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  connection: 'close',
}

/**
 * Listens on 127.0.0.1, or on ::1 where there is no such address, on a free port. What is asked for by another name, path or method is not
 * answered, so that no page elsewhere can reach it by a name of its own.
 * @see RFC 8252 section 7.3
 */
export async function listenOnLoopback(
  visit: Visit,
  hosts: readonly string[] = ['127.0.0.1', '::1'],
): Promise<LoopbackListener> {
  const server = createServer()
  const origin = await listenOnFirst(server, hosts)
  const answered = new Promise<void>((resolve, reject) => {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      answer(request, response, { origin, visit }).then((isOver) => isOver && resolve(), reject)
    })
  })
  answered.catch(() => undefined)
  return {
    answered,
    redirectUri: `${origin}${path}`,
    close: () => {
      server.close()
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 1_000).unref()
    },
  }
}

async function listenOnFirst(
  server: ReturnType<typeof createServer>,
  hosts: readonly string[],
): Promise<string> {
  for (const host of hosts) {
    const isListening = await new Promise<boolean>((resolve) => {
      const fail = (): void => resolve(false)
      server.once('error', fail)
      server.listen(0, host, () => {
        server.off('error', fail)
        resolve(true)
      })
    })
    const { port } = (isListening ? server.address() : {}) as AddressInfo
    if (isListening) return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  }
  throw new StorageError('storage_failed', 'This machine has no loopback address to listen on.')
}

/** Whether the login is over, for better. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { origin, visit }: { readonly origin: string; readonly visit: Visit },
): Promise<boolean> {
  const show = (status: number, title: string, text: string): void =>
    void response.writeHead(status, headers).end(page(title, text))
  const url = new URL(request.url ?? '/', origin)
  if (request.method !== 'GET' || url.pathname !== path || request.headers.host !== new URL(origin).host) {
    show(404, 'Not here', 'There is nothing at this address.')
    return false
  }
  try {
    const isOver = (await visit(url.searchParams)) === 'finished'
    if (isOver) show(200, 'Logged in', 'You may close this window.')
    else show(400, 'Not this login', 'This is not the answer that is waited for.')
    return isOver
  } catch (error) {
    show(200, 'Not logged in', 'The program says why. You may close this window.')
    throw error
  }
}
