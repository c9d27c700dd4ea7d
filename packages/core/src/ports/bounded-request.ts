import { TransportError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Milliseconds, type Seconds } from './clock.ts'
import { networkError, placeOf } from './network-error.ts'
import type { Runtime } from './runtime.ts'

/** What one request to an authorization server may cost. */
export interface RequestLimits {
  /** From the first byte sent to the last byte read. */
  readonly deadline?: Milliseconds
  /** Largest body, counted after decompression. */
  readonly maxBytes?: number
}

const defaultDeadline = 10_000
const defaultMaxBytes = 1_048_576
const longestRetryAfter = 3_600
/** Nobody sees it; the default reason would be an error with a stack, which costs more than the rest of a request. */
const over = 'over'

/**
 * Sends one bounded request: no redirect is followed, one deadline spans headers and body, the body has a size cap.
 * Answers that no endpoint of an authorization server gives (redirects, 429, 5xx) are errors here.
 * The answer that comes back is whole: reading its body neither waits nor fails.
 * @throws TransportError `offline`, `network_failed`, `timed_out`, `response_too_large`, `rate_limited`, `server_unavailable`, `redirected`
 */
export async function boundedRequest(
  runtime: Runtime,
  url: string,
  init: RequestInit,
  limits: RequestLimits = {},
): Promise<Response> {
  const abort = new AbortController()
  const settled = new AbortController()
  let hasFailed = false
  const http: Runtime['http'] = (...request) =>
    runtime.http(...request).catch((error: unknown) => {
      hasFailed = true
      throw error
    })
  const deadline = limits.deadline ?? defaultDeadline
  // Without CORS a browser does nothing but follow; such a request carries nothing and its answer cannot be read.
  const redirect = init.mode === 'no-cors' ? 'follow' : 'manual'
  const exchange = readWhole({ ...runtime, http }, url, { ...init, redirect, signal: abort.signal }, limits)
  const timeout = runtime.clock.sleep(deadline, settled.signal).then(() => {
    throw new TransportError('timed_out', `${placeOf(url)} gave no complete answer within ${deadline} ms.`)
  })
  try {
    return await Promise.race([exchange, timeout])
  } finally {
    exchange.catch(() => undefined)
    timeout.catch(() => undefined)
    settled.abort(over)
    // Node's fetch ends the process when it is aborted after it has refused an answer.
    if (!hasFailed) abort.abort(over)
  }
}

async function readWhole(
  runtime: Runtime,
  url: string,
  init: RequestInit,
  limits: RequestLimits,
): Promise<Response> {
  let response: Response
  try {
    response = await runtime.http(url, init)
  } catch (error) {
    throw networkError(runtime, url, error)
  }
  if (response.type === 'opaque') return response
  checkStatus(runtime, url, response)
  const maxBytes = limits.maxBytes ?? defaultMaxBytes
  const known = wholeText(response)
  // Of its bytes there are three a character at the most.
  if (known !== undefined && known.length * 3 <= maxBytes) return response
  const body = await readBody(runtime, url, response, maxBytes)
  const { status, headers } = response
  const head = { status, headers: withoutEncoding(headers) }
  return withWholeText(new Response(status === 204 ? null : body, head), body)
}

const texts = new WeakMap<Response, string>()

/** Notes the text of an answer that came whole, so that looking into it takes no copy. An `http` that has the text anyway may do so. */
export function withWholeText(response: Response, text: string): Response {
  texts.set(response, text)
  return response
}

/** The text of an answer that came whole, where it was noted. The answer itself can still be read. */
export function wholeText(response: Response): string | undefined {
  return texts.get(response)
}

/** The loop of `readTextWithin` once more: calling that would cost every page 70 bytes. */
async function readBody(
  runtime: Runtime,
  url: string,
  response: Response,
  maxBytes: number,
): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw networkError(runtime, url, error)
    })
    if (done) return text + decoder.decode()
    size += value.byteLength
    if (size > maxBytes) {
      void reader.cancel().catch(() => undefined)
      throw new TransportError(
        'response_too_large',
        `${placeOf(url)} answered with more than ${maxBytes} bytes.`,
      )
    }
    text += decoder.decode(value, { stream: true })
  }
}

function checkStatus(runtime: Runtime, url: string, response: Response): void {
  const { status, headers } = response
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw new TransportError(
      'redirected',
      `${placeOf(url)} redirects. Configure the address it redirects to.`,
      { status },
    )
  }
  if (status !== 429 && status < 500) return
  const retryAfter = readRetryAfter(headers.get('retry-after'), epochSeconds(runtime.clock))
  const details = {
    status,
    contentType: (headers.get('content-type') ?? '').replace(/;.*/, ''),
    ...(retryAfter !== undefined && { retryAfter }),
  }
  throw status === 429
    ? new TransportError('rate_limited', `${placeOf(url)} asks to slow down.`, details)
    : new TransportError('server_unavailable', `${placeOf(url)} failed with ${status}.`, details)
}

/**
 * Seconds to wait, 0 to 3,600; `undefined` for a header that cannot be read.
 * @see RFC 9110 section 10.2.3
 */
export function readRetryAfter(header: string | null, now: EpochSeconds): Seconds | undefined {
  if (!header) return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : Math.ceil(Date.parse(header) / 1000 - now)
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), longestRetryAfter)
}

function withoutEncoding(headers: Headers): Headers {
  const plain = new Headers(headers)
  plain.delete('content-encoding')
  plain.delete('content-length')
  return plain
}
