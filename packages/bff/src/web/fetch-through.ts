import { readTextWithin, type Runtime, TransportError, UsageError } from '@oauth-concierge/core'
import type { BffRequest, Handle, Upstream, UpstreamAnswer, UpstreamCall } from '../http/exchange.ts'
import { waitAtMost } from '../wait-at-most.ts'
import { readReplayableBody, type ReplayableBody } from './replayable-body.ts'

type Body = ReadableStream<Uint8Array>

/** Answers a `Request` with a `Response`, and reaches APIs by the runtime's `http`. */
export async function fetchThrough(handle: Handle, runtime: Runtime, request: Request): Promise<Response> {
  const answer = await handle(readRequest(request), createUpstream(runtime, request))
  const { status, body } = answer
  const hasBody = body !== undefined && status !== 204 && status !== 304
  return new Response(hasBody ? body : null, { status, headers: answer.headers.map(([...pair]) => pair) })
}

function readRequest(request: Request): BffRequest {
  const { method, url, headers } = request
  const { pathname, search } = new URL(url)
  return {
    method,
    target: `${pathname}${search}`,
    header: (name) => headers.get(name) ?? undefined,
    text: async (maxBytes) => {
      checkUnread(request)
      return readTextWithin(request.body, maxBytes)
    },
  }
}

function checkUnread({ bodyUsed }: Request): void {
  if (bodyUsed)
    throw new UsageError(
      'invalid_configuration',
      'The body of this request was read before the BFF came to it. Hand it on unread.',
    )
}

function createUpstream(runtime: Runtime, request: Request): Upstream<Body> {
  let body: ReplayableBody | undefined
  return {
    canRepeat: () => body?.canRepeat() === true,
    send: async (call) => {
      if (!body) checkUnread(request)
      body ??= await readReplayableBody(request.body)
      return send(runtime, { call, body: body.take(), signal: request.signal })
    },
  }
}

interface Sending {
  readonly call: UpstreamCall
  readonly body: ReturnType<ReplayableBody['take']>
  /** Of the browser's request. */
  readonly signal: AbortSignal
}

async function send(runtime: Runtime, { call, body, signal }: Sending): Promise<UpstreamAnswer<Body>> {
  const { 'accept-encoding': _, ...headers } = call.headers
  const abort = new AbortController()
  const giveUp = (): void => abort.abort()
  signal.addEventListener('abort', giveUp, { once: true })
  const late = (): never => {
    throw new TransportError('timed_out', `${call.origin} did not answer in time.`)
  }
  const init = { method: call.method, headers, redirect: 'manual', signal: abort.signal } as const
  const work = runtime.http(
    `${call.origin}${call.path}`,
    body === undefined ? init : { ...init, body, ...duplex(body) },
  )
  try {
    const { clock } = runtime
    return readAnswer(await waitAtMost({ clock, longest: call.answerWithin, work, late }), abort)
  } catch (error) {
    giveUp()
    throw error instanceof TransportError ? error : unreachable(call)
  }
}

/** What fetch wants to be told of a body that is sent while it is read. */
function duplex(body: NonNullable<Sending['body']>): object {
  return body instanceof ReadableStream ? { duplex: 'half' } : {}
}

function unreachable({ origin }: UpstreamCall): TransportError {
  return new TransportError('network_failed', `No answer from ${origin}: it cannot be reached.`)
}

/** A body comes decoded, so what the head says of its form holds no longer. */
function readAnswer(response: Response, abort: AbortController): UpstreamAnswer<Body> {
  const isEncoded = response.headers.has('content-encoding')
  const headers = [...response.headers].filter(
    ([name]) => !isEncoded || (name !== 'content-encoding' && name !== 'content-length'),
  )
  return {
    // A redirect that was not followed shows no status in some runtimes.
    status: response.type === 'opaqueredirect' ? 302 : response.status,
    headers,
    body: response.body ?? undefined,
    discard: () => {
      abort.abort()
      void response.body?.cancel().catch(() => undefined)
    },
  }
}
