import { createReferenceServer, type ReferenceServer } from '../create-reference-server.ts'
import type { ReferenceServerOptions } from '../options.ts'
import { listen, type ListenOptions } from './listen.ts'

/** The options of the server and of its port. */
export interface TestServerOptions extends Omit<ReferenceServerOptions, 'issuer'>, ListenOptions {
  /** Default: the origin it listens on. A function is given that origin, as in `(origin) => origin + '/tenant'`. */
  readonly issuer?: string | ((origin: string) => string)
}

/** A reference server that listens on a port. */
export interface TestServer extends ReferenceServer, AsyncDisposable {
  /** The origin it listens on, such as `http://127.0.0.1:49152`. */
  readonly url: string
  /** Stops listening and ends every connection at once. */
  close(): Promise<void>
}

function issuerFor({ issuer }: TestServerOptions, origin: string): string {
  return typeof issuer === 'function' ? issuer(origin) : (issuer ?? origin)
}

/**
 * Starts a reference server on a free loopback port, as in `await using server = await createTestServer()`.
 *
 * @throws TypeError when an option is wrong, or the host is not a loopback address
 */
export async function createTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const create = (origin: string) =>
    createReferenceServer({ onWire: true, ...options, issuer: issuerFor(options, origin) })
  const { served, origin, close } = await listen(create, options)
  return { ...served, url: origin, close, [Symbol.asyncDispose]: close }
}
