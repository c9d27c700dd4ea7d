import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { withWholeText } from '@oauth-concierge/core'
import { WholeResponse } from './whole-response.ts'

const withoutBody: readonly number[] = [204, 205, 304]
/** An answer up to this size is taken whole before it is handed on, which is cheaper than a stream. */
const largestBuffer = 65_536

/** The `Response` of an answer of node:http. What was compressed is handed on as it was before. */
export async function buildResponse(message: IncomingMessage, method: string): Promise<Response> {
  const status = message.statusCode ?? 0
  const init = { status, statusText: message.statusMessage ?? '', headers: headersOf(message) }
  if (method === 'HEAD' || withoutBody.includes(status)) {
    message.resume()
    return new Response(null, init)
  }
  const decoder = decoderOf(message)
  const plain = decoder ? await decompress(message, decoder) : message
  const length = Number(message.headers['content-length'] ?? Number.NaN)
  if (plain !== message || !(length <= largestBuffer)) return new Response(streamOf(plain), init)
  const bytes = await readWhole(message)
  if (!isJson.test(message.headers['content-type'] ?? '')) return new Response(bytes, init)
  const text = textOf(bytes)
  return withWholeText(new WholeResponse(text, init), text)
}

const isJson = /^application\/([\w.+-]+\+)?json\b/i

/** Without a byte order mark, as any reader of a `Response` has it. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString()
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function headersOf({ rawHeaders }: IncomingMessage): [string, string][] {
  const headers: [string, string][] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  return headers
}

type Decoder = 'createBrotliDecompress' | 'createUnzip'

const decoders: ReadonlyMap<string, Decoder> = new Map([
  ['br', 'createBrotliDecompress'],
  ['gzip', 'createUnzip'],
  ['x-gzip', 'createUnzip'],
  ['deflate', 'createUnzip'],
])

function decoderOf({ headers }: IncomingMessage): Decoder | undefined {
  return decoders.get(headers['content-encoding']?.trim().toLowerCase() ?? '')
}

async function decompress(message: IncomingMessage, name: Decoder): Promise<Readable> {
  const broken = (): Error => new Error('the answer broke off')
  const decoder = (await import('node:zlib'))[name]()
  message.on('error', (error) => decoder.destroy(error))
  message.on('aborted', () => decoder.destroy(broken()))
  decoder.on('close', () => message.destroy())
  // It may have broken off during the import.
  if (message.destroyed) decoder.destroy(broken())
  return message.pipe(decoder)
}

function readWhole(message: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    message.on('data', (chunk: Buffer) => chunks.push(chunk))
    message.on('error', reject)
    message.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer<ArrayBuffer>) : Buffer.concat(chunks)),
    )
  })
}

function streamOf(source: Readable): ReadableStream<Uint8Array> {
  let isOver = false
  const end = (close: () => void): void => {
    if (!isOver) close()
    isOver = true
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        source.on('data', (chunk: Buffer) => {
          if (isOver) return
          controller.enqueue(chunk)
          if ((controller.desiredSize ?? 0) <= 0) source.pause()
        })
        source.on('end', () => end(() => controller.close()))
        source.on('error', (error) => end(() => controller.error(error)))
        source.on('close', () => end(() => controller.error(new Error('the answer broke off'))))
        source.pause()
      },
      pull: () => void source.resume(),
      cancel: () => {
        isOver = true
        source.destroy()
      },
    },
    { highWaterMark: 1 },
  )
}
