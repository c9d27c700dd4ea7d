import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { nodeResolve } from '@rollup/plugin-node-resolve'
import esbuild from 'rollup-plugin-esbuild'

/** Files that go out as they are: their names, and where each comes from. */
const copied = (files) => ({
  name: 'copied',
  buildStart() {
    for (const [fileName, from] of Object.entries(files)) {
      const file = fileURLToPath(import.meta.resolve(from))
      this.addWatchFile(file)
      this.emitFile({ type: 'asset', fileName, source: readFileSync(file) })
    }
  },
})

export default {
  // `auth` is an entry of its own: it changes rarely, and the tests get at the page's own session through it.
  input: ['src/main.ts', 'src/auth.ts'],
  plugins: [
    nodeResolve(),
    esbuild({ target: 'es2022', tsconfig: false }),
    copied({
      'index.html': './src/index.html',
      'style.css': './src/style.css',
      'backstage.css': './src/backstage.css',
      'icon.svg': './src/icon.svg',
      'concierge-worker.js': '@oauth-concierge/browser/worker.js',
    }),
  ],
  output: {
    dir: 'dist',
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks: {
      concierge: ['@oauth-concierge/browser', '@oauth-concierge/browser/slim'],
      config: ['src/config.ts'],
      session: ['src/auth.ts'],
      stores: ['src/backstage/store-choice.ts'],
      timeline: ['src/backstage/timeline/own-events.ts'],
    },
    sourcemap: true,
  },
}
