import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { OutputChunk } from 'rollup'
import { buildPage } from '../build-page.ts'
import { contestants, ours, type Contestant } from '../contestants.ts'
import { integer, ratio, type Table } from '../table.ts'
import { ourModules } from './our-modules.ts'
import { ourParts } from './our-parts.ts'

const config = { issuer: 'https://id.example.com', clientId: 'spa' }

type Sizes = { min: number; gzip: number; brotli: number }
type Size = Sizes & { contestant: Contestant; lazy: number }

/** Bytes of a page with login, callback, access token and logout: what the first visit loads, compressed as one file; a worker is another. */
export async function bundle(): Promise<Table[]> {
  const sizes: Size[] = []
  let ourChunks: OutputChunk[] = []
  for (const contestant of contestants) {
    const chunks = await buildPage(contestant, config)
    if (contestant === ours) ourChunks = chunks
    const page = measure(chunks)
    sizes.push({ contestant, ...page, ...withWorker(page, contestant) })
  }
  return [sizeTable(sizes), await ourParts(), ourModules(ourChunks)]
}

function measure(chunks: [OutputChunk, ...OutputChunk[]]): Omit<Size, 'contestant'> {
  const [entry] = chunks
  const isLazy = (chunk: OutputChunk) => chunk !== entry && !entry.imports.includes(chunk.fileName)
  const join = (some: OutputChunk[]) => some.map((chunk) => chunk.code).join('')
  const code = join(chunks.filter((chunk) => !isLazy(chunk)))
  const lazy = join(chunks.filter(isLazy))
  return { ...sizesOf(code), lazy: lazy === '' ? 0 : sizesOf(lazy).brotli }
}

function sizesOf(code: string): Sizes {
  return {
    min: Buffer.byteLength(code),
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
  }
}

function withWorker(page: Sizes, { worker }: Contestant): Sizes {
  const { min, gzip, brotli } = worker
    ? sizesOf(readFileSync(worker, 'utf8'))
    : { min: 0, gzip: 0, brotli: 0 }
  return { min: page.min + min, gzip: page.gzip + gzip, brotli: page.brotli + brotli }
}

function sizeTable(sizes: Size[]): Table {
  const base = sizes.find(({ contestant }) => contestant === ours)?.brotli ?? Number.NaN
  const sorted = sizes.sort((a, b) => a.brotli - b.brotli)
  return {
    title: 'Bundle: login redirect + callback + getAccessToken + logout, rollup + terser, bytes',
    columns: ['page', 'min', 'gzip -9', 'brotli -11', '× ours', 'lazy brotli', 'note'],
    rows: sorted.map(({ contestant, min, gzip, brotli, lazy }) => [
      contestant.name,
      integer(min),
      integer(gzip),
      integer(brotli),
      ratio(brotli / base),
      lazy === 0 ? '' : integer(lazy),
      contestant.note ?? '',
    ]),
    notes: ['Lazy chunks are not loaded by a login and are not in the other columns.'],
  }
}
