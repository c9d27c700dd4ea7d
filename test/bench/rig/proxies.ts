import {
  Agent,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { createBff, encryptedCookie, memory, type SessionStore } from '@oauth-concierge/bff'
import { toNodeHandler } from '@oauth-concierge/bff/node'
import { redis } from '@oauth-concierge/bff/redis'
import { sqlite } from '@oauth-concierge/bff/sqlite'
import { clientSecretPost } from '@oauth-concierge/core'
import { createClient } from 'redis'
import { importFromPeers } from '../peers.ts'

/** Where a proxy is, and between whom. */
export type ProxyOptions = {
  origin: string
  /** Port of the API. */
  upstream: number
  issuer: string
  redisPath: string
}

export type CreateProxy = (options: ProxyOptions) => Promise<RequestListener>

/** What every contestant is registered as. */
export const client = { clientId: 'bench', clientSecret: 'a-secret-of-the-bench-0123456789abcdef' }

export const bare = 'bare node:http proxy'
export const floorMemory = 'floor: session in memory'
export const floorRedis = 'floor: session in Redis'

/** Every proxy by name. Some load what others do not need. */
export async function loadProxies(): Promise<Record<string, CreateProxy>> {
  return {
    [bare]: async ({ upstream }) => forward(upstream, async () => ({})),
    [floorMemory]: createFloor,
    [floorRedis]: createFloorRedis,
    'ours, memory': ours(() => memory()),
    'ours, encrypted cookies': ours(() => encryptedCookie({ keys: [`${'k'.repeat(42)}A`] })),
    'ours, SQLite': ours(() => sqlite(new DatabaseSync(':memory:'))),
    'ours, Redis': ours(async ({ redisPath }) => redis(await connect(redisPath))),
    'express-openid-connect, memory': peer('memory'),
    'express-openid-connect, encrypted cookies': peer('cookie'),
  }
}

const connect = async (path: string) => {
  const connection = createClient({ socket: { path, reconnectStrategy: () => 20 } }).on(
    'error',
    () => undefined,
  )
  await connection.connect()
  return connection
}

/** Passes a request on, as little of it as must be, with what `credential` gives it. */
function forward(
  port: number,
  credential: (request: IncomingMessage) => Promise<Record<string, string> | undefined>,
): RequestListener {
  const agent = new Agent({ keepAlive: true })
  return async (request: IncomingMessage, response: ServerResponse) => {
    const more = await credential(request)
    if (!more) {
      response.writeHead(401).end()
      return
    }
    const { cookie: _, host: __, ...headers } = request.headers
    const { method, url: path } = request
    const sent = httpRequest(
      { host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...more } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
        answer.pipe(response)
      },
    )
    sent.on('error', () => response.destroy())
    request.pipe(sent)
  }
}

/** A session that is simply there: any login gives the same cookie. */
const floorCookie = 's'.repeat(43)
const accessToken = 'x'.repeat(900)

function floorLogin(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url !== '/auth/login') return listener(request, response)
    return response.writeHead(204, { 'set-cookie': `concierge=${floorCookie}; Path=/` }).end()
  }
}

const idOf = ({ headers }: IncomingMessage): string =>
  /(?:^|; )concierge=([\w-]{43})/.exec(headers.cookie ?? '')?.[1] ?? ''

const createFloor: CreateProxy = async ({ upstream }) => {
  const sessions = new Map([[floorCookie, { accessToken, expiresAt: Date.now() + 3_600_000 }]])
  return floorLogin(
    forward(upstream, async (request) => {
      const session = sessions.get(idOf(request))
      return session && session.expiresAt > Date.now()
        ? { authorization: `Bearer ${session.accessToken}` }
        : undefined
    }),
  )
}

const createFloorRedis: CreateProxy = async ({ upstream, redisPath }) => {
  const connection = await connect(redisPath)
  const session = JSON.stringify({ accessToken, expiresAt: Date.now() + 3_600_000 })
  await connection.set(`floor:${floorCookie}`, session)
  return floorLogin(
    forward(upstream, async (request) => {
      const found = await connection.get(`floor:${idOf(request)}`)
      const { accessToken = '', expiresAt = 0 } = found ? (JSON.parse(found) as Record<string, never>) : {}
      return expiresAt > Date.now() ? { authorization: `Bearer ${accessToken}` } : undefined
    }),
  )
}

function ours(open: (options: ProxyOptions) => SessionStore | Promise<SessionStore>): CreateProxy {
  return async (options) => {
    const { origin, upstream, issuer } = options
    const bff = createBff({
      issuer,
      clientId: client.clientId,
      clientAuthentication: clientSecretPost(client.clientSecret),
      origin,
      scope: 'openid profile offline_access',
      apis: { orders: { upstream: `http://127.0.0.1:${upstream}` } },
      sessions: await open(options),
      warn: () => undefined,
    })
    return toNodeHandler(bff)
  }
}

type Peer = (kind: 'memory' | 'cookie', options: ProxyOptions & typeof client) => Promise<RequestListener>

function peer(kind: 'memory' | 'cookie'): CreateProxy {
  return async (options) => {
    const { createExpressOpenidConnect } = await importFromPeers<{ createExpressOpenidConnect: Peer }>(
      'proxies.js',
    )
    return createExpressOpenidConnect(kind, { ...options, ...client })
  }
}
