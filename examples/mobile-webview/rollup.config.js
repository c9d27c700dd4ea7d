import { readFileSync } from 'node:fs'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import esbuild from 'rollup-plugin-esbuild'

/** Files that go out as they are. */
const copied = (...files) => ({
  name: 'copied',
  buildStart() {
    for (const fileName of files) {
      const file = new URL(`src/${fileName}`, import.meta.url).pathname
      this.addWatchFile(file)
      this.emitFile({ type: 'asset', fileName, source: readFileSync(file) })
    }
  },
})

export default {
  input: 'src/main.ts',
  plugins: [
    nodeResolve({ browser: true }),
    esbuild({ target: 'es2022', tsconfig: false }),
    copied('index.html', 'style.css'),
  ],
  output: {
    dir: 'dist',
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    sourcemap: true,
  },
}
