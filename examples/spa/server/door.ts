import { listen, type Listener } from '@oauth-concierge/reference-server/node'
import type { Handler } from './handler.ts'

/** A loopback address at which something is served, and which can be shut and opened like a server that goes down and comes back. */
export interface Door {
  /** Such as `http://127.0.0.1:4000`. It stays the same for as long as the door exists. */
  readonly origin: string
  /** Lets `handler` answer from now on. */
  serve(handler: Handler): void
  /** Refuses connections until it is opened again. */
  shut(): Promise<void>
  open(): Promise<void>
}

/** Where a door is wanted. */
export interface DoorOptions {
  readonly host: string
  /** Taken if it is free, else any other; 0 for any. */
  readonly port: number
}

/** Opens a door. Whoever comes before there is a handler gets a 503. */
export async function openDoor({ host, port }: DoorOptions): Promise<Door> {
  let handler: Handler = async () => new Response('Not ready\n', { status: 503 })
  const served = { fetch: (request: Request) => handler(request) }
  const listenAt = (port: number): Promise<Listener<typeof served>> => listen(() => served, { host, port })

  const first = await listenAt(port).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return listenAt(0)
  })
  const { origin } = first
  let listener: Listener<typeof served> | undefined = first
  return {
    origin,
    serve: (next) => void (handler = next),
    shut: async () => {
      await listener?.close()
      listener = undefined
    },
    open: async () => void (listener ??= await listenAt(Number(new URL(origin).port))),
  }
}
