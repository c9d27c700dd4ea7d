import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { loadProxies } from './proxies.ts'

/** What a proxy's process says: where it listens, and then, whenever it is asked anything, its CPU time. */
export type Told = { readonly port: number } | { readonly microseconds: number }

// One proxy in a process of its own, so that its CPU time is its own.
const [name = '', upstream = '', issuer = '', redisPath = ''] = process.argv.slice(2)
const server = createServer()
server.keepAliveTimeout = 60_000
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const create = (await loadProxies())[name]
if (!create) throw new Error(`there is no proxy ${name}`)
server.on(
  'request',
  await create({ origin: `http://127.0.0.1:${port}`, upstream: Number(upstream), issuer, redisPath }),
)
const tell = (message: Told): void => void process.send?.(message)
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  tell({ microseconds: user + system })
})
tell({ port })
