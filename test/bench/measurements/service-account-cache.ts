import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { MachineTokenReport } from '../rig/machine-token-process.ts'
import { floor, loadMachineTokens } from '../rig/machine-tokens.ts'
import { integer, ratio, type Table } from '../table.ts'

/** What a cached token of a machine costs, and what 10,000 callers without one cost. */
export async function serviceAccountCache(): Promise<Table[]> {
  const names = Object.keys(await loadMachineTokens())
  const reports = new Map<string, MachineTokenReport>()
  for (const name of names)
    reports.set(name, { ...(await ask(name, 'calls')), ...(await ask(name, 'bytes')) })
  const base = reports.get(floor)
  return [
    {
      title: `Tokens of machines in memory, Node ${process.versions.node}`,
      columns: [
        'contestant',
        'cached, CPU ns',
        'floor ÷ it',
        'of 10,000, CPU ns',
        'requests of 10,000 cold calls',
        'ms',
        'bytes a token',
      ],
      rows: [...reports].map(([name, { one, many, requests, milliseconds, bytes }]) => [
        name,
        integer(one),
        ratio((base?.one ?? Number.NaN) / one),
        integer(many),
        integer(requests),
        integer(milliseconds),
        integer(bytes),
      ]),
      notes: [
        'The best of 12 rounds of 100 ms. Bytes are those of the heap for each of 10,000 tokens, beyond a token of 916 bytes, its key included.',
        'Of 10,000: by turns, each asked for by what it is for. google-auth-library: a client for each, found in a Map.',
      ],
    },
  ]
}

async function ask(name: string, wanted: 'calls' | 'bytes'): Promise<MachineTokenReport> {
  const script = new URL('../rig/machine-token-process.ts', import.meta.url)
  const child = fork(script, [name, wanted], { execArgv: [...process.execArgv, '--expose-gc'] })
  child.on('exit', (code) => {
    if (code) throw new Error(`${name} could not be measured`)
  })
  const [report] = (await once(child, 'message')) as [MachineTokenReport]
  return report
}
