import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'

/** Anything that answers requests: a server, or a layer around one. */
export interface Fetchable {
  readonly fetch: (request: Request) => Response | Promise<Response>
}

/** Where to listen. */
export interface ListenOptions {
  /** Default: a free port. */
  readonly port?: number
  /** Default: `127.0.0.1`. */
  readonly host?: string
  /**
   * Lets the server be reached from other machines. It keeps passwords and keys in memory, limits no
   * attempts, and helps whoever asks: do this only on a network where every machine is yours.
   */
  readonly unsafeAllowNonLoopback?: boolean
}

/** A server that is listening. */
export interface Listener<Served extends Fetchable> {
  readonly served: Served
  /** Such as `http://127.0.0.1:49152`, without a slash at its end. */
  readonly origin: string
  /** Stops listening and ends every connection, also those kept alive. */
  close(): Promise<void>
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

function checkHost({ host = '127.0.0.1', unsafeAllowNonLoopback = false }: ListenOptions): string {
  if (isLoopback(host) || unsafeAllowNonLoopback) return host
  throw new TypeError(
    `this server is for tests and listens on loopback only, not on ${host}; unsafeAllowNonLoopback lifts that`,
  )
}

function startListening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function originOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/**
 * Listens on a loopback port. `create` is called once the port is known, so that an issuer can be built
 * from the origin.
 *
 * @throws TypeError when the host is not a loopback address and `unsafeAllowNonLoopback` is not set
 */
export async function listen<Served extends Fetchable>(
  create: (origin: string) => Served,
  options: ListenOptions = {},
): Promise<Listener<Served>> {
  const host = checkHost(options)
  const server = createServer()
  await startListening(server, options.port ?? 0, host)
  try {
    const origin = originOf(server, host)
    const served = create(origin)
    const answer = getRequestListener((request) => served.fetch(request), { overrideGlobalObjects: false })
    server.on('request', (request, response) => void answer(request, response))
    return { served, origin, close: () => close(server) }
  } catch (error) {
    await close(server)
    throw error
  }
}
