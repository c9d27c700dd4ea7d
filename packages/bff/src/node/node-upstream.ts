import {
  type Agent as HttpAgent,
  type ClientRequest,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http'
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { TransportError } from '@oauth-concierge/core'
import { checkUnread, readBody } from './read-body.ts'
import type { HeaderList, Upstream, UpstreamAnswer, UpstreamCall } from '../http/exchange.ts'

/** The connections to APIs. */
export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
  placeOf(origin: string): Place
}

/** An origin, taken apart. */
interface Place {
  readonly isTls: boolean
  readonly hostname: string
  readonly port: string
}

/** Takes each origin apart once: there are as many as there are APIs. */
export function createAgents(http: HttpAgent, https: HttpsAgent): Agents {
  const places = new Map<string, Place>()
  const placeOf = (origin: string): Place => {
    const { protocol, hostname, port } = new URL(origin)
    const place = { isTls: protocol === 'https:', hostname: hostname.replace(/^\[|\]$/g, ''), port }
    places.set(origin, place)
    return place
  }
  return { http, https, placeOf: (origin) => places.get(origin) ?? placeOf(origin) }
}

/** What goes through one request: its own two streams. */
interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** A body up to this size is read first, so that it can be sent again. */
const mostKept = 65_536

/** The way to an API for a request of `node:http`: bodies are streamed both ways, small ones kept so that they can be sent again. */
export function createNodeUpstream(exchange: Exchange, agents: Agents): Upstream<IncomingMessage> {
  const { request, response } = exchange
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers
  const size = coding === undefined ? Number(length ?? 0) : Infinity
  let kept: Promise<Buffer | undefined> | undefined
  let isSpent = false
  let sending: ClientRequest | undefined
  response.once('close', () => {
    // Whoever asked is gone: the API need not go on for nobody.
    if (!response.writableFinished) sending?.destroy()
  })

  const attempt = async (call: UpstreamCall): Promise<UpstreamAnswer<IncomingMessage>> => {
    if (size > 0 && !kept) checkUnread(request)
    const body = size > 0 && size <= mostKept ? await (kept ??= readBody(request, mostKept)) : undefined
    sending = open(call, agents, bodyHeaders(size, length))
    if (response.destroyed) sending.destroy()
    const answer = waitForAnswer(sending, call)
    if (size > mostKept) {
      isSpent = true
      request.pipe(sending)
      request.once('error', () => sending?.destroy())
    } else sending.end(body)
    return answer
  }
  return {
    canRepeat: () => !isSpent,
    send: (call) =>
      attempt(call).catch((error: unknown) => {
        // The API closed a connection that was idle just as we took it up; nothing was carried out.
        if (!sending?.reusedSocket || isSpent || !isIdempotent(call) || !isReset(error)) throw error
        return attempt(call)
      }),
  }
}

function isIdempotent({ method }: UpstreamCall): boolean {
  return method !== 'POST' && method !== 'PATCH'
}

function isReset(error: unknown): boolean {
  return error instanceof TransportError && error.reason === 'ECONNRESET'
}

function bodyHeaders(size: number, length: string | undefined): Record<string, string> {
  if (size === 0) return {}
  return size === Infinity ? { 'transfer-encoding': 'chunked' } : { 'content-length': length ?? '0' }
}

function open(call: UpstreamCall, agents: Agents, more: Record<string, string>): ClientRequest {
  const { isTls, hostname, port } = agents.placeOf(call.origin)
  const options = {
    hostname,
    port,
    path: call.path,
    method: call.method,
    headers: { ...call.headers, ...more },
  }
  return isTls
    ? httpsRequest({ ...options, agent: agents.https })
    : httpRequest({ ...options, agent: agents.http })
}

function waitForAnswer(
  sending: ClientRequest,
  { origin, answerWithin }: UpstreamCall,
): Promise<UpstreamAnswer<IncomingMessage>> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const end = (outcome: () => void): void => {
      clearTimeout(timer)
      if (!isOver) outcome()
      isOver = true
    }
    const timer = setTimeout(() => {
      end(() => reject(new TransportError('timed_out', `${origin} did not answer in time.`)))
      sending.destroy()
    }, answerWithin)
    sending.on('error', (error) => end(() => reject(unreachable(origin, error))))
    // An upgrade that nobody asked for ends without an answer and without an error.
    sending.once('close', () => end(() => reject(unreachable(origin))))
    sending.once('response', (answer) => end(() => resolve(readAnswer(answer))))
  })
}

function unreachable(origin: string, error?: NodeJS.ErrnoException): TransportError {
  const details = error?.code === undefined ? {} : { reason: error.code }
  return new TransportError('network_failed', `No answer from ${origin}: it cannot be reached.`, details)
}

function readAnswer(answer: IncomingMessage): UpstreamAnswer<IncomingMessage> {
  const { rawHeaders, statusCode = 502 } = answer
  const headers: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.push([(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? ''])
  }
  return { status: statusCode, headers: headers as HeaderList, body: answer, discard: () => discard(answer) }
}

/** A short answer is read to its end, which keeps the connection. */
function discard(answer: IncomingMessage): void {
  if (Number(answer.headers['content-length'] ?? Infinity) <= mostKept) answer.resume()
  else answer.destroy()
}
