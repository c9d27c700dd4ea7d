import { Readable } from 'node:stream'

/** A request in the form that node:http takes. */
export interface OutgoingBody {
  readonly method: string
  readonly headers: Record<string, string>
  /** What is sent at once. */
  readonly body: string | Uint8Array | undefined
  /** What is sent as it comes. */
  readonly stream?: Readable
  readonly signal: AbortSignal | undefined
}

/** A body up to this size is sent with its length, which not every server can do without. */
const largestBuffer = 1_048_576

/** Reads what a fetch would be given: its init, or a whole `Request` in its place. */
export async function readOutgoing(url: string, init: RequestInit | Request): Promise<OutgoingBody> {
  const { body } = init
  if (!(init instanceof Request) && isPlain(body)) return readPlain(init, body)
  const request =
    init instanceof Request ? init : new Request(url, { ...init, duplex: 'half' } as RequestInit)
  const head = { method: request.method, headers: headersOf(request.headers), signal: request.signal }
  if (!request.body) return { ...head, body: undefined }
  const { start, rest } = await readStart(request.body)
  if (rest) return { ...head, body: undefined, stream: Readable.from(joined(start, rest)) }
  const whole = Buffer.concat(start)
  head.headers['content-length'] = String(whole.length)
  return { ...head, body: whole }
}

function isPlain(body: unknown): body is string | URLSearchParams | Uint8Array | null | undefined {
  return (
    body === undefined ||
    body === null ||
    typeof body === 'string' ||
    body instanceof URLSearchParams ||
    body instanceof Uint8Array
  )
}

function readPlain(
  init: RequestInit,
  given: string | URLSearchParams | Uint8Array | null | undefined,
): OutgoingBody {
  const headers = headersOf(init.headers)
  const { method = 'GET', signal } = init
  if (given === undefined || given === null)
    return { method, headers, body: undefined, signal: signal ?? undefined }
  const isForm = given instanceof URLSearchParams
  const body = isForm ? given.toString() : given
  headers['content-type'] ??= isForm
    ? 'application/x-www-form-urlencoded;charset=UTF-8'
    : 'text/plain;charset=UTF-8'
  headers['content-length'] = String(Buffer.byteLength(body))
  return { method, headers, body, signal: signal ?? undefined }
}

function headersOf(given: HeadersInit | undefined): Record<string, string> {
  const headers: Record<string, string> = { accept: '*/*', 'user-agent': 'oauth-concierge' }
  if (given === undefined) return headers
  if (given instanceof Headers || Array.isArray(given)) {
    for (const [name, value] of new Headers(given)) headers[name] = value
  } else {
    for (const name in given) headers[name.toLowerCase()] = given[name] ?? ''
  }
  return headers
}

interface Start {
  readonly start: readonly Uint8Array[]
  /** The rest, where that is too much to wait for. */
  readonly rest: ReadableStreamDefaultReader<Uint8Array> | undefined
}

async function readStart(body: ReadableStream<Uint8Array>): Promise<Start> {
  const reader = body.getReader()
  const start: Uint8Array[] = []
  for (let size = 0; size <= largestBuffer;) {
    const { done, value } = await reader.read()
    if (done) return { start, rest: undefined }
    start.push(value)
    size += value.byteLength
  }
  return { start, rest: reader }
}

async function* joined(
  start: readonly Uint8Array[],
  rest: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* start
  for (;;) {
    const { done, value } = await rest.read()
    if (done) return
    yield value
  }
}
