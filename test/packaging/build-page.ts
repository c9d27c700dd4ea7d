import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { type OutputChunk, rollup } from 'rollup'

// Its types are of a CommonJS module, which it is not for Node.
const minify = terser as unknown as typeof terser.default

/** A page as its visitors get it, out of the built packages: what a first visit loads, and what it may load later. */
export interface BuiltPage {
  readonly code: string
  /** Code behind an `import()`, which is loaded only where it is needed. */
  readonly lazyCode: string
  /** Files that have a part in `code`. */
  readonly files: readonly string[]
}

/** Builds a program with rollup and terser. */
export async function buildPage(program: string): Promise<BuiltPage> {
  const entry = fileURLToPath(new URL('page.js', import.meta.url))
  const bundle = await rollup({
    input: entry,
    plugins: [
      {
        name: 'page',
        load: (id) => (id === entry ? program : null),
        resolveId: (id) => (id === entry ? id : null),
      },
      nodeResolve({ browser: true }),
    ],
  })
  const { output } = await bundle.generate({
    format: 'es',
    plugins: [minify({ module: true, format: { comments: false } })],
  })
  await bundle.close()
  const [first] = output
  const chunks = output.filter((part) => part.type === 'chunk')
  const isLoaded = (chunk: OutputChunk): boolean => chunk === first || first.imports.includes(chunk.fileName)
  const loaded = chunks.filter(isLoaded)
  return {
    code: join(loaded),
    lazyCode: join(chunks.filter((chunk) => !isLoaded(chunk))),
    files: loaded.flatMap(({ modules }) =>
      Object.entries(modules).flatMap(([file, { renderedLength }]) => (renderedLength > 0 ? [file] : [])),
    ),
  }
}

const join = (chunks: readonly OutputChunk[]): string => chunks.map(({ code }) => code).join('')
