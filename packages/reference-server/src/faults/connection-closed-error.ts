/**
 * The connection closed before the answer was complete. `fetch` says so with a `TypeError`; on a port the
 * socket is destroyed.
 */
export class ConnectionClosedError extends TypeError {
  constructor() {
    const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })
    super('fetch failed', { cause })
  }
}
