import type { JWK } from 'jose'
import { createExchanger } from './exchange-codes.ts'
import { clientId, loadTestServers, redirectUri, type StartedServer } from './test-servers.ts'

/** What a process tells of its server: milliseconds of a start, or megabytes of heap as the exchanges go on. */
export type ServerReport = { milliseconds: number } | { megabytes: number[]; perSecond: number }

// One server in a process of its own, imported before the clock starts.
const [name = '', wanted = '', exchanges = '0', keyText = ''] = process.argv.slice(2)
const start = (await loadTestServers())[name]
if (!start) throw new Error(`there is no server ${name}`)
const options = { clientId, redirectUri, ...(keyText && { key: JSON.parse(keyText) as JWK }) }

process.send?.(await (wanted === 'start' ? measureStart() : measureSoak()))
process.disconnect()

async function measureStart(): Promise<ServerReport> {
  const before = performance.now()
  const server = await start?.(options)
  if (!server) throw new Error('no server')
  const ask = server.fetch ?? fetch
  const discovery = await ask(new Request(`${server.issuer}/.well-known/openid-configuration`))
  const { jwks_uri: url } = (await discovery.json()) as { jwks_uri: string }
  const { keys } = (await (await ask(new Request(url))).json()) as { keys: unknown[] }
  const milliseconds = performance.now() - before
  if (keys.length === 0) throw new Error('no keys')
  await server.close()
  return { milliseconds }
}

async function measureSoak(): Promise<ServerReport> {
  const server = await start?.(options)
  if (!server) throw new Error('no server')
  const exchange = await createExchanger(server)
  const megabytes: number[] = []
  const quarter = Number(exchanges) / 4
  await run(server, exchange, quarter)
  const before = performance.now()
  for (let part = 0; part < 4; part += 1) {
    await run(server, exchange, quarter)
    global.gc?.()
    megabytes.push(process.memoryUsage().heapUsed / 1e6)
  }
  const perSecond = Number(exchanges) / ((performance.now() - before) / 1000)
  await server.close()
  return { megabytes, perSecond }
}

async function run({ goOn }: StartedServer, exchange: () => Promise<void>, count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) {
    await exchange()
    goOn?.()
  }
}
