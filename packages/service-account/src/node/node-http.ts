import { Agent, type IncomingMessage, request, type RequestOptions } from 'node:http'
import type { AgentOptions } from 'node:https'
import type { Http } from '@oauth-concierge/core'
import { type OutgoingBody, readOutgoing } from './outgoing-request.ts'
import { buildResponse } from './incoming-response.ts'

/** How connections are made and kept. */
export interface NodeHttpOptions {
  /** For https: a certificate and key for mutual TLS, further authorities, and the like. */
  readonly tls?: Pick<AgentOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'pfx' | 'servername'>
  /** Connections to one host at a time; more requests wait their turn. Default 256. */
  readonly maxSockets?: number
}

/** Less than servers keep an idle connection, so that none is used as it is being closed. */
const idleTimeout = 4_000

/**
 * An `http` on node:http and node:https that keeps connections alive: a third of the processor time that the global fetch takes. It follows no
 * redirect, takes gzip, deflate and br, and streams what is large.
 */
export function createNodeHttp({ tls = {}, maxSockets = 256 }: NodeHttpOptions = {}): Http {
  const keeping = { keepAlive: true, timeout: idleTimeout, scheduling: 'lifo', maxSockets } as const
  const agent = new Agent(keeping)
  const plain: Transport = (url, options) => request(url, { ...options, agent })
  let secure: Promise<Transport> | undefined
  return async (url, init) => {
    const outgoing = await readOutgoing(url, init)
    const address = new URL(url)
    const transport =
      address.protocol === 'https:' ? await (secure ??= loadSecure({ ...keeping, ...tls })) : plain
    try {
      return await send(transport, address, outgoing)
    } catch (error) {
      if (!mayRepeat(error, outgoing)) throw error
      return send(transport, address, outgoing)
    }
  }
}

type Transport = (url: URL, options: RequestOptions) => ReturnType<typeof request>

/** Loaded with the first request: importing TLS takes longer than all the rest. */
async function loadSecure(options: AgentOptions): Promise<Transport> {
  const https = await import('node:https')
  const agent = new https.Agent(options)
  return (url, options) => https.request(url, { ...options, agent })
}

const sentOnOldConnection = Symbol('the connection was in use before')

/** A kept connection that the server closed meanwhile: what is safe to send twice is sent on a new one. */
function mayRepeat(error: unknown, { method, body }: OutgoingBody): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    body === undefined &&
    Object(error)[sentOnOldConnection] === true
  )
}

function send(
  transport: Transport,
  url: URL,
  { method, headers, body, stream, signal }: OutgoingBody,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const sent = transport(url, { method, headers })
    const stop = (): void => void sent.destroy(signal?.reason as Error)
    signal?.addEventListener('abort', stop, { once: true })
    const release = (): void => signal?.removeEventListener('abort', stop)
    sent.on('error', (error) => {
      release()
      if (sent.reusedSocket) Object.assign(error, { [sentOnOldConnection]: true })
      reject(signal?.aborted ? signal.reason : error)
    })
    sent.on('response', (message: IncomingMessage) => {
      message.once('end', release).once('close', release)
      buildResponse(message, method).then(resolve, reject)
    })
    if (stream) stream.on('error', (error) => sent.destroy(error)).pipe(sent)
    else sent.end(body)
  })
}
