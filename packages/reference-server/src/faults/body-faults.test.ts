import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, issuer } from '../test-support.ts'
import type { FaultOptions } from './exchange.ts'
import { ask } from './faults.test-support.ts'

async function readerOf(name: FaultName, options: FaultOptions = {}, onWire: boolean = false) {
  const waits: number[] = []
  const sleep = async (seconds: number) => void waits.push(seconds)
  const server = createServer({ sleep, onWire })
  const right = (await ask(server, '/jwks')).text
  server.faults.on(name, options)
  const answer = await server.fetch(new Request(`${issuer}/jwks`))
  if (!answer.body) throw new Error('there is no body')
  return { server, right, waits, answer, reader: answer.body.getReader() }
}

const textOf = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

describe('a body on its way', () => {
  test('body.one_byte_per_second: one byte a read, a second between them', async () => {
    const { right, waits, reader } = await readerOf('body.one_byte_per_second')
    let text = ''
    for (let count = 0; count < 5; count++) {
      const { value } = await reader.read()
      expect(value).toHaveLength(1)
      text += textOf(value)
    }
    expect(text).toBe(right.slice(0, 5))
    expect(waits).toEqual([1, 1, 1, 1])
  })

  test('body.one_byte_per_second comes to its end', async () => {
    const server = createServer({ sleep: async () => undefined })
    const right = (await ask(server, '/jwks')).text
    server.faults.on('body.one_byte_per_second', { seconds: 60 })
    expect((await ask(server, '/jwks')).text).toBe(right)
  })

  test('body.stalls_midway: half of it, and the rest never', async () => {
    const { server, right, reader } = await readerOf('body.stalls_midway')
    expect(textOf((await reader.read()).value)).toBe(right.slice(0, Math.floor(right.length / 2)))
    const next = expect(reader.read()).rejects.toThrow('fetch failed')
    server.faults.off()
    await next
  })

  test('body.reset_midway: half of it, then the connection closes', async () => {
    const { right, reader } = await readerOf('body.reset_midway')
    expect(textOf((await reader.read()).value)).toBe(right.slice(0, Math.floor(right.length / 2)))
    await expect(reader.read()).rejects.toThrow('fetch failed')
  })

  test('body.length_lie: less than was promised, then the connection closes', async () => {
    const { right, answer, reader } = await readerOf('body.length_lie')
    expect(answer.headers.get('content-length')).toBe(String(right.length * 2))
    expect(textOf((await reader.read()).value)).toBe(right)
    await expect(reader.read()).rejects.toThrow('fetch failed')
  })

  test('body.truncated: half of it, and a proper end', async () => {
    const { right, reader } = await readerOf('body.truncated')
    expect(textOf((await reader.read()).value)).toBe(right.slice(0, Math.floor(right.length / 2)))
    expect((await reader.read()).done).toBe(true)
  })
})

describe('a body that is too large', () => {
  test('body.gzip_bomb: handed over, it is white space as it is read', async () => {
    const { answer, reader } = await readerOf('body.gzip_bomb')
    expect(answer.headers.has('content-encoding')).toBe(false)
    const { value } = await reader.read()
    expect(textOf(value)).toMatch(/^ +$/)
    await reader.cancel()
  })

  test('body.gzip_bomb: on the wire it is small, and inflates', async () => {
    const { answer, reader } = await readerOf('body.gzip_bomb', { bytes: 5_000_000 }, true)
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    reader.releaseLock()
    const compressed = new Uint8Array(await answer.arrayBuffer())
    expect(compressed.length).toBeLessThan(20_000)
    const inflated = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'))
    expect((await new Response(inflated).arrayBuffer()).byteLength).toBe(5_000_000)
  })

  test('body.one_gigabyte: made as it is read', async () => {
    const { reader } = await readerOf('body.one_gigabyte', { bytes: 150_000 })
    const sizes: number[] = []
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      sizes.push(value.length)
    }
    expect(sizes).toEqual([65_536, 65_536, 18_928])
  })

  test('body.endless_chunks: never ends', async () => {
    const { reader } = await readerOf('body.endless_chunks')
    for (let count = 0; count < 100; count++) expect((await reader.read()).value).toHaveLength(65_536)
    await reader.cancel()
  })

  test('body.thousand_content_encodings', async () => {
    const { answer } = await readerOf('body.thousand_content_encodings')
    expect(answer.headers.get('content-encoding')?.split(', ')).toHaveLength(1000)
  })
})

describe('a body that is something else', () => {
  test('body.json_as_html: right, with the wrong type', async () => {
    const { right, answer, reader } = await readerOf('body.json_as_html')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(textOf((await reader.read()).value)).toBe(right)
  })

  test('body.not_json: the right type, not right', async () => {
    const { answer, reader } = await readerOf('body.not_json')
    expect(answer.headers.get('content-type')).toBe('application/json')
    const { value } = await reader.read()
    expect(() => JSON.parse(textOf(value))).toThrow(SyntaxError)
  })
})
