import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { ConnectionClosedError } from '../faults/connection-closed-error.ts'

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

/** Waits until everything written so far has left the process, or nobody listens any more. */
function flushed({ outgoing }: HttpBindings): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (outgoing.destroyed || (outgoing.headersSent && outgoing.writableLength === 0)) resolve()
      else setImmediate(look)
    }
    look()
  })
}

/** Sends the body to its end, or closes the connection where it breaks off. */
function closeWhereItBreaksOff(answer: Response, bindings: HttpBindings): Response {
  if (!answer.body) return answer
  const reader = answer.body.getReader()
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (error) {
        await flushed(bindings)
        bindings.outgoing.destroy()
        if (!(error instanceof ConnectionClosedError)) throw error
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
  return new Response(body, answer)
}

/** Answers as the server does; where it only closes the connection, so do we. */
async function answerOnPort(served: Fetchable, request: Request, bindings: HttpBindings): Promise<Response> {
  try {
    return closeWhereItBreaksOff(await served.fetch(request), bindings)
  } catch (error) {
    if (!(error instanceof ConnectionClosedError)) throw error
    bindings.outgoing.destroy()
    return RESPONSE_ALREADY_SENT
  }
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
    const respond = (request: Request, env: unknown) => answerOnPort(served, request, env as HttpBindings)
    const answer = getRequestListener(respond, { overrideGlobalObjects: false })
    server.on('request', (request, response) => void answer(request, response))
    return { served, origin, close: () => close(server) }
  } catch (error) {
    await close(server)
    throw error
  }
}
