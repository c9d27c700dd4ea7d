import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import esbuild from 'rollup-plugin-esbuild'

const root = dirname(fileURLToPath(import.meta.url))

/** `./dist/worker.js` in an exports map is built from `src/worker.ts`. */
function sourceOf(packageDir, target) {
  const base = join(packageDir, 'src', target.replace(/^\.\/dist\//, '').replace(/\.js$/, ''))
  return existsSync(`${base}.ts`) ? `${base}.ts` : `${base}.tsx`
}

function entriesOf(packageDir, manifest) {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin ?? {})]
    .map((target) => (typeof target === 'string' ? target : target.default))
    .filter((target) => target.startsWith('./dist/'))
  return targets.map((target) => sourceOf(packageDir, target))
}

/** One build a package: ES modules that mirror the source tree; declarations come from `tsc -b`. */
export default globSync('packages/*/package.json', { cwd: root })
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
