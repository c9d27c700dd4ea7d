import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBff } from '@oauth-concierge/bff'
import { toNodeHandler } from '@oauth-concierge/bff/node'
import { redis } from '@oauth-concierge/bff/redis'
import { clientSecretBasic, completeRuntime } from '@oauth-concierge/core'
import { createClient } from 'redis'
import { type FromReplica, type ReplicaOptions, replicaOrigin, type ToReplica } from './replicas.ts'

/** One process of a BFF that is served by several. Its clock is set by whoever started it. */
const { issuer, clientId, clientSecret, redisPath, reuseWindow } = JSON.parse(
  process.argv[2] ?? '{}',
) as ReplicaOptions

let ahead = 0
const { clock } = completeRuntime()
const shifted = { ...clock, wallTime: () => clock.wallTime() + ahead }

const client = createClient({ socket: { path: redisPath, reconnectStrategy: () => 50 } })
client.on('error', () => undefined)
await client.connect()

const bff = createBff({
  issuer,
  clientId,
  clientAuthentication: clientSecretBasic(clientSecret),
  origin: replicaOrigin,
  scope: 'openid offline_access',
  apis: { resource: { upstream: `${issuer}/resource` } },
  sessions: redis(client, { lease: 1_500 }),
  refreshTokenReuseWindow: reuseWindow,
  runtime: { clock: shifted },
})

const tell = (message: FromReplica): void => void process.send?.(message)
const server = createServer(toNodeHandler(bff))
server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }))
process.on('message', ({ ahead: seconds }: ToReplica) => {
  ahead = seconds * 1000
  tell({ ahead: seconds })
})
