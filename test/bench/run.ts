import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { bffMemory } from './measurements/bff-memory.ts'
import { bffProxy } from './measurements/bff-proxy.ts'
import { bundle } from './measurements/bundle.ts'
import { getAccessTokenInChromium } from './measurements/get-access-token-in-chromium.ts'
import { getAccessTokenInNode } from './measurements/get-access-token-in-node.ts'
import { idToken } from './measurements/id-token.ts'
import { mobile } from './measurements/mobile.ts'
import { referenceServer } from './measurements/reference-server.ts'
import { refreshing } from './measurements/refreshes.ts'
import { serviceAccountCache } from './measurements/service-account-cache.ts'
import { serviceAccountExchanges } from './measurements/service-account-exchanges.ts'
import { serviceAccountStart } from './measurements/service-account-start.ts'
import { startupInChromium } from './measurements/startup-in-chromium.ts'
import { tabs } from './measurements/tabs.ts'
import { installPeers } from './peers.ts'
import { formatTable, type Table } from './table.ts'

const measurements: Record<string, () => Promise<Table[]>> = {
  bundle,
  mobile,
  'get-access-token-in-node': getAccessTokenInNode,
  'get-access-token-in-chromium': getAccessTokenInChromium,
  'startup-in-chromium': startupInChromium,
  tabs,
  'id-token': idToken,
  refreshes: refreshing,
  'reference-server': referenceServer,
  'bff-proxy': bffProxy,
  'bff-memory': bffMemory,
  'service-account-exchanges': serviceAccountExchanges,
  'service-account-cache': serviceAccountCache,
  'service-account-start': serviceAccountStart,
}

/** Without a name all of them; a name may be the beginning of one: `get-access-token`. */
const chosen = Object.entries(measurements).filter(([name]) => name.startsWith(process.argv[2] ?? ''))
if (chosen.length === 0) {
  throw new Error(`There is no such measurement. There are: ${Object.keys(measurements).join(', ')}`)
}

buildPackages()
installPeers()

const tables: string[] = []
for (const [, measure] of chosen) {
  for (const table of await measure()) {
    tables.push(formatTable(table))
    console.log(`${tables.at(-1)}\n`)
  }
}
if (chosen.length === Object.keys(measurements).length) writeResults(tables)

/** The contestants are bundled from what we would publish; types are not needed for that. */
function buildPackages(): void {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const rollup = ['node_modules/rollup/dist/bin/rollup', '--config', 'rollup.config.js', '--silent']
  const { status } = spawnSync(process.execPath, rollup, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error('the packages could not be built')
}

function writeResults(tables: readonly string[]): void {
  const machine = `${availableParallelism()} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}`
  const date = new Date().toISOString().slice(0, 10)
  const head = `# Results\n\nWritten by \`pnpm bench\` on ${date}: ${machine}. How they are taken: [README.md](README.md).`
  writeFileSync(new URL('results.md', import.meta.url), `${[head, ...tables].join('\n\n')}\n`)
}
