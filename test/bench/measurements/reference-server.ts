import { fork } from 'node:child_process'
import { once } from 'node:events'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import type { ServerReport } from '../rig/server-process.ts'
import { loadTestServers, oursForMonths, oursInProcess } from '../rig/test-servers.ts'
import { median } from '../rounds.ts'
import { integer, type Table } from '../table.ts'

const starts = 7
const exchanges = 2000

/** How soon a server answers, and what it keeps in memory. */
export async function referenceServer(): Promise<Table[]> {
  const names = Object.keys(await loadTestServers())
  return [await startTable(names.filter((name) => name !== oursForMonths)), await soakTable(names)]
}

async function startTable(names: readonly string[]): Promise<Table> {
  const key = await createKey()
  const rows: string[][] = []
  for (const name of names) rows.push([name, await startOf(name, key), await startOf(name, undefined)])
  return {
    title: `Start to the first discovery document and key set, RS256, ms (median of ${starts} processes)`,
    columns: ['server', 'key given', 'fresh key'],
    rows,
    notes: ['The clock starts after the import. On a port the time to listen counts too.'],
  }
}

async function startOf(name: string, key: JWK | undefined): Promise<string> {
  const times: number[] = []
  for (let count = 0; count < starts; count += 1) {
    const report = await ask(name, 'start', key)
    if ('milliseconds' in report) times.push(report.milliseconds)
  }
  return integer(median(times))
}

async function soakTable(names: readonly string[]): Promise<Table> {
  const key = await createKey()
  const rows: string[][] = []
  for (const name of names.filter((name) => name !== oursInProcess)) {
    const report = await ask(name, 'soak', key)
    if ('megabytes' in report) rows.push(soakRow(name, report.megabytes, report.perSecond))
  }
  const parts = [1, 2, 3, 4].map((part) => integer((exchanges / 4) * part))
  return {
    title: `Heap in use after so many code → token exchanges, MB`,
    columns: ['server', ...parts, 'bytes kept an exchange', 'exchanges/s'],
    rows,
    notes: [
      `Client and server share the process; ${integer(exchanges / 4)} exchanges before these warm up.`,
      'Tokens that live are kept, by ours up to 10,000 of a kind; once they expire memory is flat.',
      'oidc-provider keeps its latest 1,000 entries; oauth2-mock-server keeps no tokens.',
    ],
  }
}

function soakRow(name: string, megabytes: readonly number[], perSecond: number): string[] {
  const kept = (((megabytes.at(-1) ?? 0) - (megabytes[0] ?? 0)) * 1e6) / (exchanges * 0.75)
  return [name, ...megabytes.map((value) => value.toFixed(1)), integer(kept), integer(perSecond)]
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: 'given', alg: 'RS256', use: 'sig' }
}

async function ask(name: string, wanted: 'start' | 'soak', key: JWK | undefined): Promise<ServerReport> {
  const given = [name, wanted, String(exchanges), key ? JSON.stringify(key) : '']
  const script = new URL('../rig/server-process.ts', import.meta.url)
  const child = fork(script, given, { execArgv: [...process.execArgv, '--expose-gc'] })
  child.on('exit', (code) => {
    if (code) throw new Error(`${name} could not be measured`)
  })
  const [report] = (await once(child, 'message')) as [ServerReport]
  return report
}
