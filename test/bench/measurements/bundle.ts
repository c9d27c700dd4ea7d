import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { OutputChunk } from 'rollup'
import { buildPage } from '../build-page.ts'
import { contestants, ours, type Contestant } from '../contestants.ts'
import { integer, ratio, type Table } from '../table.ts'
import { ourModules } from './our-modules.ts'

const config = { issuer: 'https://id.example.com', clientId: 'spa' }

type Size = { contestant: Contestant; min: number; gzip: number; brotli: number; lazy: number }

/** Bytes of a page with login, callback, access token and logout: what the first visit loads, compressed as one file. */
export async function bundle(): Promise<Table[]> {
  const sizes: Size[] = []
  let ourChunks: OutputChunk[] = []
  for (const contestant of contestants) {
    const chunks = await buildPage(contestant, config)
    if (contestant === ours) ourChunks = chunks
    sizes.push({ contestant, ...measure(chunks) })
  }
  return [sizeTable(sizes), ourModules(ourChunks)]
}

function measure(chunks: [OutputChunk, ...OutputChunk[]]): Omit<Size, 'contestant'> {
  const [entry] = chunks
  const isLazy = (chunk: OutputChunk) => chunk !== entry && !entry.imports.includes(chunk.fileName)
  const join = (some: OutputChunk[]) => some.map((chunk) => chunk.code).join('')
  const code = join(chunks.filter((chunk) => !isLazy(chunk)))
  const lazy = join(chunks.filter(isLazy))
  return {
    min: Buffer.byteLength(code),
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
    lazy: lazy === '' ? 0 : brotliCompressSync(lazy).length,
  }
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
