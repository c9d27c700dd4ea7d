import { readFileSync } from 'node:fs'
import { brotliCompressSync } from 'node:zlib'
import { type Bytes, type ExtraPart, type PagePart, slimPage } from './budgets.ts'
import { buildPage } from './build-page.ts'

const worker = new URL('../../packages/browser/dist/worker.js', import.meta.url)

/** Bytes of a text as it is sent. */
function brotliSize(text: string | Uint8Array): Bytes {
  return brotliCompressSync(text).length
}

const measured = new Map<string, Promise<Bytes>>()

/** Bytes of what a first visit loads of a page, out of the built packages. */
export function pageSize({ program }: PagePart): Promise<Bytes> {
  const size = measured.get(program) ?? buildPage(program).then(({ code }) => brotliSize(code))
  measured.set(program, size)
  return size
}

/** Bytes that an extra adds to its page. */
export async function extraSize(extra: ExtraPart): Promise<Bytes> {
  return (await pageSize(extra)) - (await pageSize(extra.base))
}

/** Bytes of the worker's file as it is published. */
export function workerSize(): Bytes {
  return brotliSize(readFileSync(worker))
}

/** Bytes of a page and of the worker beside it. */
export async function slimAndWorkerSize(): Promise<Bytes> {
  return (await pageSize(slimPage)) + workerSize()
}
