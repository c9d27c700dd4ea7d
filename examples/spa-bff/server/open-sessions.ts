import { memory, type SessionStore } from '@oauth-concierge/bff'
import { redis } from '@oauth-concierge/bff/redis'
import { createClient } from 'redis'

/** A place for sessions. */
export interface Sessions {
  readonly store: SessionStore
  /** What it is, in words. */
  readonly title: string
  close(): Promise<void>
}

/**
 * Sessions in the Redis at this socket; in the memory of this process where there is none.
 * @param socket path of a Unix socket
 */
export async function openSessions(socket: string | undefined): Promise<Sessions> {
  if (socket === undefined)
    return { store: memory(), title: 'in the memory of the BFF', close: async () => undefined }
  const client = createClient({ socket: { path: socket, reconnectStrategy: () => 100 } })
  // The client connects again by itself; what cannot wait is answered by the BFF with 503.
  client.on('error', () => undefined)
  await client.connect()
  return { store: redis(client), title: 'in Redis', close: async () => client.destroy() }
}
