import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Handler } from './authorization-server.ts'

/** A server on loopback: its port, and how to end it. */
export type Listening = { port: number; [Symbol.asyncDispose]: () => Promise<void> }

/** Serves a handler on a free port of loopback, under any name that leads there. */
export async function listen(handler: Handler): Promise<Listening> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await handler(await toRequest(incoming))
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function toRequest(incoming: IncomingMessage): Promise<Request> {
  const { method = 'GET', url = '/', headers } = incoming
  const chunks = await incoming.toArray()
  const body = chunks.length === 0 ? null : Buffer.concat(chunks)
  return new Request(`http://${headers.host}${url}`, { method, body, headers: headers as HeadersInit })
}
