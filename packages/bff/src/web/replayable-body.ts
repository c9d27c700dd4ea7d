/** A body that can be sent again as long as it is small. */
export interface ReplayableBody {
  /** What to send; undefined for a request without a body. */
  take(): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | undefined
  /** Whether it can be taken once more. */
  canRepeat(): boolean
}

const mostKept = 65_536

/** Reads up to 64 KiB of a body. One that ends within that is kept whole, and can be sent again; what is longer goes through as a stream. */
export async function readReplayableBody(stream: ReadableStream<Uint8Array> | null): Promise<ReplayableBody> {
  if (!stream) return { take: () => undefined, canRepeat: () => true }
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  while (size <= mostKept) {
    const { done, value } = await reader.read()
    if (done) {
      const whole = concatenate(parts, size)
      return { take: () => whole, canRepeat: () => true }
    }
    parts.push(value)
    size += value.byteLength
  }
  return { take: () => goOn(parts, reader), canRepeat: () => false }
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.byteLength
  }
  return whole
}

/** What was read already, and then the rest. */
function goOn(
  parts: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const left = [...parts]
  return new ReadableStream({
    pull: async (controller) => {
      const part = left.shift() ?? (await reader.read()).value
      if (part) controller.enqueue(part)
      else controller.close()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
