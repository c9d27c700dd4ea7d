import { Agent as HttpAgent, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Bff } from '../create-bff.ts'
import type { BffAnswer, BffRequest } from '../http/exchange.ts'
import { createAgents, createNodeUpstream } from './node-upstream.ts'
import { readBody } from './read-body.ts'

/** How APIs are reached. */
export interface NodeHandlerOptions {
  /** Default: one that keeps connections open. */
  readonly httpAgent?: HttpAgent
  /** Default: one that keeps connections open. Hand one in for a private certificate authority or a client certificate. */
  readonly httpsAgent?: HttpsAgent
}

/** A listener for `http.createServer`, and a middleware as Express and its kin take it. */
export type NodeHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Serves a BFF from `node:http`. Requests that are not below its base go to `next`, or are answered with 404. Bodies go through as streams.
 * Nothing before it may read the body, so it comes before any body parser.
 */
export function toNodeHandler(bff: Bff, options: NodeHandlerOptions = {}): NodeHandler {
  const agents = createAgents(
    options.httpAgent ?? new HttpAgent({ keepAlive: true }),
    options.httpsAgent ?? new HttpsAgent({ keepAlive: true }),
  )
  return (request, response, next) => {
    const target = targetOf(request)
    if (!bff.serves(target) && next) {
      next()
      return
    }
    bff
      .handle(readRequest(request, target), createNodeUpstream({ request, response }, agents))
      .then((answer) => send(response, answer))
      .catch((error: unknown) => giveUp(response, error, next))
  }
}

/** As it stands in the request line, whatever a router has cut off. An absolute URL is none of ours. */
function targetOf(request: IncomingMessage): string {
  const { originalUrl } = request as { readonly originalUrl?: unknown }
  return typeof originalUrl === 'string' ? originalUrl : (request.url ?? '')
}

function readRequest(request: IncomingMessage, target: string): BffRequest {
  const { headers, method = 'GET' } = request
  return {
    method,
    target,
    header: (name) => {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    text: async (maxBytes) => (await readBody(request, maxBytes))?.toString('utf8'),
  }
}

function send(response: ServerResponse, { status, headers, body }: BffAnswer<IncomingMessage>): void {
  if (response.destroyed) {
    if (typeof body === 'object') body.destroy()
    return
  }
  const list = headers.flat()
  if (typeof body === 'string') list.push('content-length', String(Buffer.byteLength(body)))
  response.writeHead(status, list)
  if (typeof body !== 'object') {
    response.end(body)
    return
  }
  // What breaks off there breaks off here, so that nobody takes a part for the whole.
  body.once('error', () => response.destroy())
  body.pipe(response)
}

function giveUp(response: ServerResponse, error: unknown, next?: (error?: unknown) => void): void {
  if (response.headersSent || response.destroyed) response.destroy()
  else if (next) next(error)
  else {
    response.writeHead(500, ['content-type', 'application/json', 'cache-control', 'no-store'])
    response.end('{"error":"internal_error"}')
  }
}
