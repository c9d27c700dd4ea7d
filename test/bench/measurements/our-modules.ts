import { SourceMap } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OutputChunk } from 'rollup'
import { integer, type Table } from '../table.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const shown = 15

/** Which files the bytes of our page come from, so that we see what to trim. */
export function ourModules(chunks: readonly OutputChunk[]): Table {
  const bytes = new Map<string, number>()
  for (const chunk of chunks) attribute(chunk, bytes)
  const total = [...bytes.values()].reduce((sum, size) => sum + size, 0)
  const sorted = [...bytes].sort(([, a], [, b]) => b - a)
  const rest = sorted.slice(shown).reduce((sum, [, size]) => sum + size, 0)
  return {
    title: `Our page: the ${shown} largest modules, minified bytes`,
    columns: ['module', 'min', '%'],
    rows: [...sorted.slice(0, shown), [`${Math.max(0, sorted.length - shown)} others`, rest] as const].map(
      ([name, size]) => [name, integer(size), ((size / total) * 100).toFixed(1)],
    ),
  }
}

/** Gives each character of the minified code to the module that the source map names for it. */
function attribute({ code, map }: OutputChunk, bytes: Map<string, number>): void {
  if (!map) throw new Error('the page was built without a source map')
  const { version, file = '', names, sources, mappings } = map
  const sourcesContent = sources.map(() => '')
  const sourceMap = new SourceMap({ version, file, names, sources, sourcesContent, mappings, sourceRoot: '' })
  for (const [line, text] of code.split('\n').entries()) {
    for (let column = 0; column < text.length; column += 1) {
      const entry = sourceMap.findEntry(line, column)
      const name = 'originalSource' in entry ? moduleName(entry.originalSource) : 'glue of the bundler'
      bytes.set(name, (bytes.get(name) ?? 0) + 1)
    }
  }
}

/** A path inside the repository, or inside the package for a dependency. */
function moduleName(source: string): string {
  const [, inPackage] = /.*\/node_modules\/(.*)/.exec(source) ?? []
  return inPackage ?? relative(root, source)
}
