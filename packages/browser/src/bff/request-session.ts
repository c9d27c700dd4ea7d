import { type Http, TransportError } from '@oauth-concierge/core'
import type { BffSession } from './bff-session.ts'
import { requestBff, unusable } from './request-bff.ts'

/** What the BFF says of this browser's session. */
export interface SessionAnswer {
  readonly session: BffSession
  /** The address of each API, and the path at which the BFF answers in its place; the nearer one first where one lies under another. */
  readonly apis: readonly (readonly [api: string, path: string])[]
  /** What a logout of this session has to bring; undefined where there is no session. */
  readonly logout?: string
}

/**
 * Asks the BFF who is logged in. The whole answer has to come within 10 seconds.
 * @throws TransportError `offline`, `network_failed`, `timed_out`, `server_unavailable`, `redirected`, `unexpected_response`
 */
export async function requestSession(http: Http, url: string): Promise<SessionAnswer> {
  const signal = AbortSignal.timeout(10_000)
  let status = 0
  try {
    const response = await requestBff(http, url, { signal })
    status = response.status
    return readAnswer(await response.text())
  } catch (error) {
    if (error instanceof TransportError) throw error
    // Who asks to slow down (429) is as good as down.
    throw unusable(
      url,
      signal.aborted ? 'timed_out' : status < 429 ? 'unexpected_response' : 'server_unavailable',
      { status },
    )
  }
}

/**
 * The snapshot is what came over the wire: frozen from within, since it is handed to everybody, and without what is null.
 * @throws SyntaxError or TypeError for what is no answer of a BFF
 */
function readAnswer(text: string): SessionAnswer {
  const { apis, logout, ...session } = JSON.parse(text, (_, value) => Object.freeze(value ?? undefined))
  // An API may lie under another: the nearer one comes first in this order.
  return { session, apis: Object.entries<string>(apis).sort().toReversed(), logout }
}
