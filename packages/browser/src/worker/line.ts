import { type Clock, type Milliseconds, TransportError } from '@oauth-concierge/core'
import { fromErrorData } from './error-data.ts'
import type { CallName, FromPage, FromWorker, Wire, WorkerCalls } from './protocol.ts'

/** Calls to the worker at the other end of a wire. */
export interface Line {
  /** @throws as the call does; TransportError `timed_out` where no worker answers */
  call<Name extends CallName>(
    name: Name,
    ...args: Parameters<WorkerCalls[Name]>
  ): Promise<ReturnType<WorkerCalls[Name]>>
  /** Tells the worker that nobody listens here any more. */
  close(): void
}

/** What a line needs of its page. */
export interface LineOptions {
  readonly clock: Clock
  /** Connects another worker where one has died, as its process may with the tab that it began in. */
  connect(): Promise<Wire | undefined>
  /** Hears whatever is no answer to a call. */
  hear(message: Exclude<FromWorker, Answer | { readonly alive: string }>): void
}

type Answer = Extract<FromWorker, { readonly id: number }>

interface Waiting {
  readonly message: FromPage
  resolve(result: unknown): void
  reject(error: Error): void
}

/** More than any call of the core takes, whose requests all have their deadline: a worker that is silent for longer is gone. */
const longestCall: Milliseconds = 60_000

/** A line that is taken up again where the worker dies under it, with the calls that were under way. */
export function createLine(first: Wire, { clock, connect, hear }: LineOptions): Line {
  const waiting = new Map<number, Waiting>()
  let current: Wire | undefined
  let lastId = 0

  const settle = (answer: Answer): void => {
    const call = waiting.get(answer.id)
    if ('error' in answer) call?.reject(fromErrorData(answer.error))
    else call?.resolve(answer.result)
  }
  const attach = (wire: Wire): Wire => {
    const lose = (): void => {
      if (current === wire) reconnect()
    }
    // WebKit ends the waiting of a page that goes into the back-forward cache.
    const watch = (name: string): void =>
      void untilFree(name).then(lose, () =>
        globalThis.addEventListener('pageshow', () => watch(name), { once: true }),
      )
    wire.addEventListener('close', lose)
    wire.addEventListener('message', ({ data }) => {
      const message = data as FromWorker
      if ('id' in message) settle(message)
      else if ('alive' in message) watch(message.alive)
      else hear(message)
    })
    return wire
  }
  const reconnect = (): void => {
    current = undefined
    connected = connect().then((wire) => {
      current = wire && attach(wire)
      for (const { message, reject } of waiting.values()) {
        if (current) current.postMessage(message)
        else reject(noAnswer())
      }
    })
  }
  const send = async (message: FromPage): Promise<void> => {
    await connected
    if (!current) reconnect()
    else current.postMessage(message)
  }

  current = attach(first)
  let connected: Promise<void> = Promise.resolve()
  return {
    call: (name, ...args) => {
      const id = (lastId += 1)
      const over = new AbortController()
      const answer = new Promise<unknown>((resolve, reject) => {
        const message: FromPage = { id, call: name, args }
        waiting.set(id, { message, resolve, reject })
        clock.sleep(longestCall, over.signal).then(
          () => reject(noAnswer()),
          () => undefined,
        )
        send(message).catch(reject)
      })
      return answer.finally(() => {
        waiting.delete(id)
        over.abort()
      }) as never
    },
    close: () => current?.postMessage({ close: true } satisfies FromPage),
  }
}

/** Resolves when whoever holds the lock for life is no more. */
async function untilFree(name: string): Promise<void> {
  const { locks } = globalThis.navigator as Partial<Navigator>
  if (!locks) return new Promise(() => undefined)
  await locks.request(name, { mode: 'shared' }, () => undefined)
}

function noAnswer(): TransportError {
  return new TransportError(
    'timed_out',
    'The worker that has the session gave no answer. Load the page again.',
  )
}
