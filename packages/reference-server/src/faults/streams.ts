import { ConnectionClosedError } from './connection-closed-error.ts'

const chunkBytes = 64 * 1024

/** White space, so many bytes of it, made as it is read. */
export function whiteSpace(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes
  return new ReadableStream(
    {
      pull(controller) {
        const size = Math.min(chunkBytes, left)
        left -= size
        if (size > 0) controller.enqueue(new Uint8Array(size).fill(0x20))
        if (left <= 0) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** These bytes one by one, each after a wait. */
export function drip(bytes: Uint8Array, wait: () => Promise<void>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = 0
  return new ReadableStream(
    {
      async pull(controller) {
        if (sent > 0) await wait()
        controller.enqueue(new Uint8Array(bytes.subarray(sent, sent + 1)))
        sent += 1
        if (sent >= bytes.length) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** These bytes, and once `then` is done the connection closes. */
export function brokenOff(
  bytes: Uint8Array,
  then: () => Promise<unknown> = async () => undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = false
  return new ReadableStream(
    {
      async pull(controller) {
        if (!sent) {
          sent = true
          controller.enqueue(new Uint8Array(bytes))
          return
        }
        await then()
        controller.error(new ConnectionClosedError())
      },
    },
    { highWaterMark: 0 },
  )
}

/** The first half of some bytes. */
export const halfOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, Math.floor(bytes.length / 2))
