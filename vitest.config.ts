import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Unit and contract tests read the sources, so they never run against a stale build. */
const fromSource = [
  { find: /^@oauth-concierge\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
  { find: /^@oauth-concierge\/([^/]+)\/(.+)$/, replacement: `${root}packages/$1/src/$2.ts` },
]

const project = (name: string, include: string[], options: object = {}) => ({
  resolve: { alias: fromSource },
  test: { name, include, environment: 'node' as const, ...options },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['packages/*/src/**/*.test.ts', 'tools/**/*.test.ts'], { testTimeout: 30_000 }),
      project(
        'contract',
        ['test/contract/**/*.test.ts', 'test/conformance/**/*.test.ts', 'test/cases/**/*.test.ts'],
        {
          testTimeout: 20_000,
        },
      ),
      project('packaging', ['test/packaging/**/*.test.ts'], { testTimeout: 180_000, hookTimeout: 180_000 }),
      project('browsers', ['test/browsers/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 120_000,
        fileParallelism: false,
      }),
    ],
  },
})
