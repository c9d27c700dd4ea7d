import { type ChildProcess, fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { ExchangeReport } from '../rig/exchange-process.ts'
import { type Given, limit, loadExchangers, ours } from '../rig/exchanges.ts'
import { median, medianRatio } from '../rounds.ts'
import { integer, ratio, type Table } from '../table.ts'

const rounds = 15
const milliseconds = 250

/** Assertions exchanged for tokens over loopback: how many a second, and what one costs. */
export async function serviceAccountExchanges(): Promise<Table[]> {
  const server = fork(new URL('../rig/token-endpoint-process.ts', import.meta.url))
  const [port] = (await once(server, 'message')) as [number]
  const given: Given = { tokenEndpoint: `http://127.0.0.1:${port}/token`, ...createKeys() }
  const children = new Map<string, ChildProcess>()
  for (const name of Object.keys(await loadExchangers())) children.set(name, await start(name, given))
  const reports = await sample(children)
  for (const child of [server, ...children.values()]) child.kill()
  return [exchangeTable(reports)]
}

function createKeys(): Pick<Given, 'rsa' | 'ec'> {
  const options = { type: 'pkcs8', format: 'pem' } as const
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(options) as string
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(options) as string
  return { rsa, ec }
}

async function start(name: string, given: Given): Promise<ChildProcess> {
  const script = new URL('../rig/exchange-process.ts', import.meta.url)
  const child = fork(script, [name, JSON.stringify(given), String(milliseconds)])
  child.on('exit', (code) => {
    if (code) throw new Error(`${name} could not be measured`)
  })
  await once(child, 'message')
  return child
}

/** Two numbers a sample, so the rounds of rounds.ts do not fit; the order moves on and turns round as there. */
async function sample(children: ReadonlyMap<string, ChildProcess>): Promise<Map<string, ExchangeReport[]>> {
  const reports = new Map([...children.keys()].map((name) => [name, [] as ExchangeReport[]]))
  const names = [...children.keys()]
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % names.length
    const order = [...names.slice(first), ...names.slice(0, first)]
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      const child = children.get(name)
      child?.send('go')
      const [report] = (await once(child ?? process, 'message')) as [ExchangeReport]
      if (round > 0) reports.get(name)?.push(report)
    }
  }
  return reports
}

function exchangeTable(reports: ReadonlyMap<string, readonly ExchangeReport[]>): Table {
  const rates = (name: string): number[] => (reports.get(name) ?? []).map(({ perSecond }) => perSecond)
  const bestCpu = (name: string): number =>
    Math.min(...(reports.get(name) ?? []).map(({ microseconds }) => microseconds))
  const names = [...reports.keys()].sort((a, b) => median(rates(b)) - median(rates(a)))
  return {
    title: `Assertion → token over loopback, 32 in flight, RS256 unless said, Node ${process.versions.node}`,
    columns: ['contestant', 'exchanges/s', '× LIMIT', '× ours', 'best CPU µs', 'CPU: LIMIT ÷ it'],
    rows: names.map((name) => [
      name,
      integer(median(rates(name))),
      ratio(medianRatio(rates(name), rates(limit))),
      ratio(medianRatio(rates(name), rates(ours))),
      integer(bestCpu(name)),
      ratio(bestCpu(limit) / bestCpu(name)),
    ]),
    notes: [
      `Median of ${rounds} rounds of ${milliseconds} ms; CPU is user and system time of the process, the best round.`,
      'LIMIT and the two below it do no checks and have no deadline. google-auth-library: a client an account, as it keeps the token it has.',
    ],
  }
}
