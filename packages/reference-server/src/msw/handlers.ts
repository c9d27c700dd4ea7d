import { http, type HttpHandler, HttpResponse } from 'msw'
import { ConnectionClosedError } from '../faults/connection-closed-error.ts'

/** What handlers need of a server. */
export interface MockableServer {
  readonly issuer: string
  readonly fetch: (request: Request) => Promise<Response>
}

/** Everything below the issuer, and its documents under the other well-known address. */
function addressesOf(issuer: string): readonly string[] {
  const { origin, pathname } = new URL(issuer)
  const base = pathname.replace(/\/$/, '')
  return base === '' ? [`${origin}/*`] : [`${origin}${base}/*`, `${origin}/.well-known/*`]
}

async function answer({ fetch }: MockableServer, request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof ConnectionClosedError) return HttpResponse.error()
    throw error
  }
}

/**
 * Request handlers for msw that answer as the server does, as in
 * `setupServer(...handlers(server))` or `setupWorker(...handlers(server))`.
 *
 * They answer what scripts fetch. In a browser a navigation to the login page does not pass by them:
 * `server.signIn` carries the authorization request through instead.
 */
export function handlers(server: MockableServer): HttpHandler[] {
  return addressesOf(server.issuer).map((address) =>
    http.all(address, ({ request }) => answer(server, request)),
  )
}
