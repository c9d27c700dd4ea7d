import { loadExchangers, type Given } from './exchanges.ts'

/** Exchanges a second, and microseconds of processor time an exchange. */
export type ExchangeReport = { perSecond: number; microseconds: number }

const inFlight = 32
// One contestant in a process of its own; so many exchanges at a time, for about that long.
const [name = '', text = '{}', milliseconds = '250'] = process.argv.slice(2)
const exchange = await (await loadExchangers())[name]?.(JSON.parse(text) as Given)
if (!exchange || typeof (await exchange()) !== 'string') throw new Error(`no token from ${name}`)

process.on('message', async () => process.send?.(await run(exchange)))
process.send?.('ready')

async function run(exchange: () => Promise<unknown>): Promise<ExchangeReport> {
  const before = process.cpuUsage()
  const start = performance.now()
  let count = 0
  const lane = async (): Promise<void> => {
    while (performance.now() - start < Number(milliseconds)) {
      await exchange()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const elapsed = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  return { perSecond: (count / elapsed) * 1000, microseconds: (user + system) / count }
}
