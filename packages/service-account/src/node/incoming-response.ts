import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createBrotliDecompress, createUnzip } from 'node:zlib'
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
  const plain = decompress(message)
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

function decompress(message: IncomingMessage): Readable {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase()
  const isKnown = encoding === 'br' || encoding === 'gzip' || encoding === 'x-gzip' || encoding === 'deflate'
  if (!isKnown) return message
  const decoder = encoding === 'br' ? createBrotliDecompress() : createUnzip()
  message.on('error', (error) => decoder.destroy(error))
  message.on('aborted', () => decoder.destroy(new Error('the answer broke off')))
  decoder.on('close', () => message.destroy())
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
