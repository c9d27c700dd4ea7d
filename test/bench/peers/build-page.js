import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import commonjs from '@rollup/plugin-commonjs'
import json from '@rollup/plugin-json'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { rollup } from 'rollup'

const configId = 'bench:config'

/** What every page imports: the values an application would have written into its source. */
const config = (source) => ({
  name: 'bench-config',
  resolveId: (id) => (id === configId ? id : null),
  load: (id) => (id === configId ? source : null),
})

/** Where our built files come from, so that the page's source map names our sources. */
const ourSources = {
  name: 'our-sources',
  load: (id) =>
    /\/packages\/[^/]+\/dist\//.test(id) && existsSync(`${id}.map`)
      ? { code: readFileSync(id, 'utf8'), map: JSON.parse(readFileSync(`${id}.map`, 'utf8')) }
      : null,
}

/** One page as its visitors get it: the chunks of rollup and terser, the entry first. */
export async function buildPage(input, configSource) {
  const bundle = await rollup({
    input,
    plugins: [
      config(configSource),
      ourSources,
      nodeResolve({ browser: true, preferBuiltins: false }),
      commonjs(),
      json(),
    ],
    onwarn: ({ code, message }) => {
      if (code === 'UNRESOLVED_IMPORT') throw new Error(message)
    },
  })
  const { output } = await bundle.generate({
    format: 'es',
    sourcemap: 'hidden',
    sourcemapPathTransform: (source) => resolve(source),
    plugins: [terser({ module: true, format: { comments: false } })],
  })
  await bundle.close()
  const chunks = output.filter((chunk) => chunk.type === 'chunk')
  if (chunks.some((chunk) => chunk.code.includes('import.meta.url'))) {
    throw new Error(`${input} loads a file, as a worker is, that would not be counted`)
  }
  return chunks
}
