import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const packages = fileURLToPath(new URL('../../../packages', import.meta.url))

/** One script out of the packages' sources, as a page or a worker loads it. */
export async function bundlePage(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    alias: {
      '@oauth-concierge/browser/slim': `${packages}/browser/src/slim.ts`,
      '@oauth-concierge/browser/relay-callback': `${packages}/browser/src/relay-callback.ts`,
      '@oauth-concierge/browser': `${packages}/browser/src/index.ts`,
      '@oauth-concierge/core/testing': `${packages}/core/src/testing.ts`,
      '@oauth-concierge/core': `${packages}/core/src/index.ts`,
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  })
  return outputFiles.map(({ text }) => text).join('\n')
}
