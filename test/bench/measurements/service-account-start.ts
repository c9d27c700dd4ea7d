import { fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { peerPath } from '../peers.ts'
import type { StartReport } from '../rig/start-process.ts'
import { sampleInRounds, median } from '../rounds.ts'
import { integer, type Table } from '../table.ts'

const rounds = 15

const modules: Record<string, string> = {
  'an empty module': 'data:text/javascript,',
  '@oauth-concierge/service-account': import.meta.resolve('@oauth-concierge/service-account'),
  '@oauth-concierge/service-account/node': import.meta.resolve('@oauth-concierge/service-account/node'),
  '@oauth-concierge/core': import.meta.resolve('@oauth-concierge/core'),
  'oauth4webapi 3.8.8': `file://${peerPath('node_modules/oauth4webapi/build/index.js')}`,
  'openid-client 6.8.9': `file://${peerPath('node_modules/openid-client/build/index.js')}`,
  'google-auth-library 11.3.4': `file://${peerPath('node_modules/google-auth-library/build/src/index.js')}`,
}

/** How long an import takes in a fresh process, and for how long 1,000 accounts that start at once keep the event loop. */
export async function serviceAccountStart(): Promise<Table[]> {
  const memory = new Map<string, number>()
  const contestants = Object.entries(modules).map(([name, url]) => ({
    name,
    sample: async () => {
      const report = await ask('import', url)
      memory.set(name, report.megabytes)
      return report.milliseconds
    },
  }))
  const times = await sampleInRounds(contestants, rounds)
  const rows = [...times].map(([name, samples]) => [
    name,
    median(samples).toFixed(1),
    (memory.get(name) ?? 0).toFixed(1),
  ])
  return [
    {
      title: `Import in a fresh process, Node ${process.versions.node}`,
      columns: ['module', 'ms', 'RSS, MB'],
      rows,
      notes: [`Median of ${rounds} processes; the process itself is not counted.`],
    },
    await stallTable(),
  ]
}

async function stallTable(): Promise<Table> {
  const kinds = { RS256: ['rsa', { modulusLength: 2048 }], ES256: ['ec', { namedCurve: 'P-256' }] } as const
  const rows: string[][] = []
  for (const [alg, [kind, options]] of Object.entries(kinds)) {
    const { privateKey } = generateKeyPairSync(kind as 'rsa', options as { modulusLength: number })
    const { stall, milliseconds, requests } = await ask(
      'stall',
      privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    )
    rows.push([alg, integer(requests), integer(milliseconds), stall.toFixed(1)])
  }
  return {
    title: 'A thousand accounts that start at once',
    columns: ['algorithm', 'requests', 'ms', 'most work in one turn of the event loop, ms'],
    rows,
    notes: ['Keys are imported before; the token endpoint is in the same process and answers at once.'],
  }
}

async function ask(wanted: 'import' | 'stall', given: string): Promise<StartReport> {
  const child = fork(new URL('../rig/start-process.ts', import.meta.url), [wanted, given])
  child.on('exit', (code) => {
    if (code) throw new Error(`the start could not be measured`)
  })
  const [report] = (await once(child, 'message')) as [StartReport]
  return report
}
