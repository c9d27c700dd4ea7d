import type { FaultNameOf } from '../faults.ts'
import { changeAnswer, insteadOf, untilReleased, withBody, withHeaders } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { brokenOff, drip, halfOf, whiteSpace } from './streams.ts'

const json = { 'Content-Type': 'application/json' }

/** The effect of a fault that sends the right body in a wrong way. */
function changeBody(change: (bytes: Uint8Array, exchange: Exchange) => BodyInit): FaultEffect {
  return changeAnswer(async (answer, exchange) => {
    const bytes = new Uint8Array(await answer.arrayBuffer())
    return withBody(answer, change(bytes, exchange))
  })
}

/** White space as JSON: a reader of JSON skips it and waits for more. */
const endless = (bytes: number): FaultEffect =>
  insteadOf(({ options }) => new Response(whiteSpace(options.bytes ?? bytes), { headers: json }))

/** Where no connection compresses, the caller gets what `fetch` would give it: the inflated body. */
const gzipBomb = insteadOf(({ options: { bytes = 200_000_000 }, tools }) => {
  const inflated = whiteSpace(bytes)
  if (!tools.onWire) return new Response(inflated, { headers: json })
  const compressed = inflated.pipeThrough(new CompressionStream('gzip'))
  return new Response(compressed, { headers: { ...json, 'Content-Encoding': 'gzip' } })
})

const thousandEncodings = insteadOf(({ tools }) => {
  const encodings = Array.from({ length: 1000 }, () => 'gzip').join(', ')
  const body = tools.onWire ? whiteSpace(100).pipeThrough(new CompressionStream('gzip')) : '{}'
  return new Response(body, { headers: { ...json, 'Content-Encoding': encodings } })
})

/** Says that twice as much comes as there is. */
const lengthLie = changeAnswer(async (answer) => {
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const lied = withBody(answer, brokenOff(bytes))
  return withHeaders(lied, { 'Content-Length': String(bytes.length * 2) })
})

/** Faults of the body on its way. */
export const bodyFaults: Readonly<Record<FaultNameOf<'body'>, FaultEffect>> = {
  'body.gzip_bomb': gzipBomb,
  'body.thousand_content_encodings': thousandEncodings,
  'body.one_gigabyte': endless(1_000_000_000),
  'body.endless_chunks': endless(Number.POSITIVE_INFINITY),
  'body.one_byte_per_second': changeBody((bytes, { options: { seconds = 1 }, tools }) =>
    drip(bytes, () => tools.sleep(seconds)),
  ),
  'body.stalls_midway': changeBody((bytes, exchange) =>
    brokenOff(halfOf(bytes), () => untilReleased(exchange)),
  ),
  'body.reset_midway': changeBody((bytes) => brokenOff(halfOf(bytes))),
  'body.length_lie': lengthLie,
  'body.truncated': changeBody((bytes) => new Uint8Array(halfOf(bytes))),
  'body.json_as_html': changeAnswer((answer) =>
    withHeaders(answer, { 'Content-Type': 'text/html; charset=utf-8' }),
  ),
  'body.not_json': insteadOf(() => new Response('{"access_token":', { headers: json })),
}
