import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import esbuild, { minify } from 'rollup-plugin-esbuild'

const root = dirname(fileURLToPath(import.meta.url))

/** Files that a page loads as they are: everything they need is in them. */
const standalone = [join(root, 'packages/browser/dist/worker.js')]

/** `./dist/worker.js` in an exports map is built from `src/worker.ts`. */
function sourceOf(packageDir, target) {
  const base = join(packageDir, 'src', target.replace(/^\.\/dist\//, '').replace(/\.js$/, ''))
  return existsSync(`${base}.ts`) ? `${base}.ts` : `${base}.tsx`
}

function entriesOf(packageDir, manifest) {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .map((target) => (typeof target === 'string' ? target : target.default))
    .filter((target) => target.startsWith('./dist/') && !standalone.includes(join(packageDir, target)))
  return targets.map((target) => sourceOf(packageDir, target))
}

/** A module for each source, so that a bundler can leave out, or load later, what a page does not need at once. */
const manyFiles = (packageDir) => ({
  dir: join(packageDir, 'dist'),
  preserveModules: true,
  preserveModulesRoot: join(packageDir, 'src'),
})

/** A module for each entry, and what they share: Node takes five times as long to import one for each source. */
const fewFiles = (packageDir, dir) => ({ dir: join(packageDir, dir), chunkFileNames: 'chunks/[name].js' })

/** For pages many files, for Node few; what both use, as `node` in the exports map says, is built in either way. */
function outputsOf(packageDir, manifest) {
  const isForPages = ['browser', 'core', 'mobile'].includes(basename(packageDir))
  const isForBoth = Object.values(manifest.exports).some(({ node }) => node)
  const outputs = [isForPages ? manyFiles(packageDir) : fewFiles(packageDir, 'dist')]
  if (isForBoth) outputs.push(fewFiles(packageDir, 'dist/node'))
  return outputs.map((output) => ({ ...output, format: 'es', sourcemap: true }))
}

const packages = globSync('packages/*/package.json', { cwd: root })
  .sort()
  .map((file) => {
    const packageDir = join(root, dirname(file))
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
    return {
      input: entriesOf(packageDir, manifest),
      external: (id) => !id.startsWith('.') && !id.startsWith('/'),
      plugins: [esbuild({ target: 'es2022', sourceMap: true, tsconfig: false })],
      output: outputsOf(packageDir, manifest),
    }
  })

const standaloneFiles = standalone.map((file) => ({
  input: file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'),
  plugins: [
    nodeResolve({ browser: true }),
    esbuild({ target: 'es2022', tsconfig: false }),
    minify({ target: 'es2022' }),
  ],
  output: { file, format: 'iife' },
}))

/** One build a package, of ES modules; declarations come from `tsc -b`. What stands alone is made of those. */
export default [...packages, ...standaloneFiles]
