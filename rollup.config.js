import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
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

const packages = globSync('packages/*/package.json', { cwd: root })
  .sort()
  .map((file) => {
    const packageDir = join(root, dirname(file))
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'))
    return {
      input: entriesOf(packageDir, manifest),
      external: (id) => !id.startsWith('.') && !id.startsWith('/'),
      plugins: [esbuild({ target: 'es2022', sourceMap: true, tsconfig: false })],
      output: {
        dir: join(packageDir, 'dist'),
        format: 'es',
        preserveModules: true,
        preserveModulesRoot: join(packageDir, 'src'),
        sourcemap: true,
      },
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

/** One build a package: ES modules that mirror the source tree; declarations come from `tsc -b`. What stands alone is made of those. */
export default [...packages, ...standaloneFiles]
