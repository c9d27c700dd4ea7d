import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { MemoryReport } from '../rig/bff-memory-process.ts'
import { integer, type Table } from '../table.ts'

const stored = 100_000
const atHand = 2_000

/** What sessions cost in memory. */
export async function bffMemory(): Promise<Table[]> {
  const script = new URL('../rig/bff-memory-process.ts', import.meta.url)
  const child = fork(script, [String(stored), String(atHand)], {
    execArgv: [...process.execArgv, '--expose-gc'],
  })
  const [report] = (await once(child, 'message')) as [MemoryReport]
  return [
    {
      title: 'BFF: sessions in memory',
      columns: ['what', 'sessions', 'MB', 'bytes each'],
      rows: [
        ['stored', integer(stored), integer(report.stored), integer((report.stored * 1e6) / stored)],
        [
          'at hand, beyond that',
          integer(atHand),
          report.atHand.toFixed(1),
          integer((report.atHand * 1e6) / atHand),
        ],
      ],
      notes: [
        `A session is ${integer(report.characters)} characters of JSON: tokens, claims, indexes. At most 10,000 sessions are at hand at once.`,
      ],
    },
  ]
}
