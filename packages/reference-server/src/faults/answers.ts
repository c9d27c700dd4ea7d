import { ConnectionClosedError } from './connection-closed-error.ts'
import type { Exchange, FaultEffect } from './exchange.ts'

/** The effect of a fault that answers in the server's place. */
export function insteadOf(build: (exchange: Exchange) => Response | Promise<Response>): FaultEffect {
  return async (exchange) => {
    if (!exchange.take('instead')) return exchange.forward()
    return readableFromScripts(exchange.request, await build(exchange))
  }
}

/** An answer that a script of another origin may read, as the server's own would be. */
function readableFromScripts(request: Request, answer: Response): Response {
  const origin = request.headers.get('origin')
  if (origin === null) return answer
  answer.headers.set('Access-Control-Allow-Origin', origin)
  answer.headers.append('Vary', 'Origin')
  return answer
}

/** The same answer with another body. */
export function withBody(answer: Response, body: BodyInit | null): Response {
  const headers = new Headers(answer.headers)
  headers.delete('content-length')
  headers.delete('content-encoding')
  return new Response(body, { status: answer.status, headers })
}

/** The same answer with these headers set. */
export function withHeaders(answer: Response, changes: Readonly<Record<string, string>>): Response {
  const headers = new Headers(answer.headers)
  for (const [name, value] of Object.entries(changes)) headers.set(name, value)
  return new Response(answer.body, { status: answer.status, headers })
}

/** The effect of a fault that changes whatever the server answers. */
export function changeAnswer(
  change: (answer: Response, exchange: Exchange) => Response | Promise<Response>,
  fits: (answer: Response, exchange: Exchange) => boolean = () => true,
): FaultEffect {
  return async (exchange) => {
    const answer = await exchange.forward()
    return fits(answer, exchange) && exchange.take('around') ? change(answer, exchange) : answer
  }
}

/** A JSON object as it travels. */
export type JsonObject = Record<string, unknown>

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

/**
 * The effect of a fault that changes the JSON of a good answer, where that `fits`. `change` gives the text
 * itself where no object can say it.
 */
export function changeJson(
  change: (body: JsonObject, exchange: Exchange) => void | string | Promise<void | string>,
  fits: (body: JsonObject, exchange: Exchange) => boolean = () => true,
): FaultEffect {
  return async (exchange) => {
    const answer = await exchange.forward()
    if (!answer.ok) return answer
    const text = await answer.text()
    const body = parseObject(text)
    if (!body || !fits(body, exchange) || !exchange.take('around')) return withBody(answer, text)
    return withBody(answer, (await change(body, exchange)) ?? JSON.stringify(body))
  }
}

const page = '<!doctype html><title>Sign in to the network</title><h1>Accept the terms to go on</h1>'

/** A page where JSON was asked for. */
export const htmlAnswer = (status: number): FaultEffect =>
  insteadOf(() => new Response(page, { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } }))

/** Nothing but a status. */
export const emptyAnswer = (status: number, headers: Readonly<Record<string, string>> = {}): FaultEffect =>
  insteadOf(() => new Response(null, { status, headers }))

/** A refusal as RFC 6749 section 5.2 has it. */
export function oauthError(
  status: number,
  body: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): FaultEffect {
  const all = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers }
  return insteadOf(() => new Response(JSON.stringify(body), { status, headers: all }))
}

/** A redirect to another host, with a status that keeps the method and body where 307 or 308 is given. */
export const redirected: FaultEffect = insteadOf(({ request, options }) => {
  const { pathname } = new URL(request.url)
  const location = options.value ?? `https://attacker.example${pathname}`
  return new Response(null, { status: options.status ?? 302, headers: { Location: location } })
})

/** Status 503, with `Retry-After` where `seconds` is set. */
export const unavailable: FaultEffect = insteadOf(({ options: { seconds } }) => {
  const headers: HeadersInit = seconds === undefined ? {} : { 'Retry-After': String(seconds) }
  return new Response('Service unavailable\n', { status: 503, headers })
})

/** Status 429 with `Retry-After` in seconds, 30 unless set. */
export const rateLimited: FaultEffect = insteadOf(({ options: { seconds = 30 } }) => {
  const body = JSON.stringify({ error: 'temporarily_unavailable', error_description: 'too many requests' })
  const headers = { 'Content-Type': 'application/json', 'Retry-After': String(seconds) }
  return new Response(body, { status: 429, headers })
})

/** The connection closes, and the server never saw the request. */
export const closedBefore: FaultEffect = insteadOf(() => Promise.reject(new ConnectionClosedError()))

/** The server does its work, and the connection closes before the answer. */
export const closedAfter: FaultEffect = changeAnswer(() => Promise.reject(new ConnectionClosedError()))

/** The answer is kept back until the fault is switched off. */
export const held: FaultEffect = changeAnswer(async (answer, exchange) => {
  await untilReleased(exchange)
  return answer
})

/** No answer until the fault is switched off or the caller gives up; then the connection closes. */
export const neverAnswers: FaultEffect = insteadOf(async (exchange) => {
  await untilReleased(exchange)
  throw new ConnectionClosedError()
})

/** Waits until the fault is switched off; fails once the caller gives up. */
export function untilReleased({ request: { signal }, released }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error)
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    void released().then(resolve)
  })
}
