import type { Channel, EpochMilliseconds, Milliseconds, Runtime } from '@oauth-concierge/core'

/** Something that happened, for a timeline or a log. It holds no token, code, state or query, whatever it tells of. */
export interface AuthEvent {
  /**
   * `request`: an exchange with the authorization server or an API. `lock`: a turn among the tabs. `news`: what tabs tell each other.
   * `redirect`: the page is left for the authorization server, or a popup goes there. `callback`: an answer was found in the address.
   * `session`: the session is another. `degraded`: something is missing here and another thing stands in for it. `failure`: a call was rejected.
   */
  readonly name: 'request' | 'lock' | 'news' | 'redirect' | 'callback' | 'session' | 'degraded' | 'failure'
  /** Whether it happened in the worker that has the tokens, not in the page itself. */
  readonly inWorker?: true
  /** When it ended. */
  readonly at: EpochMilliseconds
  /** How long it took; undefined for what takes no time. */
  readonly duration?: Milliseconds
  /** What there is to say of it: an address without its query, a status, a code. */
  readonly detail: Readonly<Record<string, string | number | boolean>>
}

/** Keeps the latest events and hands each on. */
export interface Diary {
  note(name: AuthEvent['name'], detail: AuthEvent['detail'], since?: Milliseconds): void
  /** Takes up what was noted elsewhere, as in a worker. */
  add(event: AuthEvent): void
  /** The latest, oldest first. */
  read(): readonly AuthEvent[]
}

const mostEvents = 100

/** @param onEvent what it throws is thrown again where it disturbs nobody */
export function createDiary({ clock }: Pick<Runtime, 'clock'>, onEvent?: (event: AuthEvent) => void): Diary {
  const events: AuthEvent[] = []
  const add = (event: AuthEvent): void => {
    if (events.push(Object.freeze(event)) > mostEvents) events.shift()
    try {
      onEvent?.(event)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
  return {
    add,
    note: (name, detail, since) => {
      const duration = since === undefined ? {} : { duration: clock.monotonicTime() - since }
      add({ name, at: clock.wallTime(), ...duration, detail })
    },
    read: () => [...events],
  }
}

/** The same ports, each noting in `diary` what passes through it. */
export function observed(runtime: Runtime, diary: Diary): Runtime {
  const { clock, http, lock, openChannel } = runtime
  return {
    ...runtime,
    http: async (url, init) => {
      const since = clock.monotonicTime()
      const detail = { method: init.method ?? 'GET', url: placeOf(url) }
      try {
        const response = await http(url, init)
        diary.note('request', { ...detail, status: response.status }, since)
        return response
      } catch (error) {
        diary.note('request', { ...detail, failed: (error as Error).name }, since)
        throw error
      }
    },
    lock: {
      run: (name, work) => {
        const since = clock.monotonicTime()
        return lock.run(name, (isAlone) => {
          diary.note('lock', { isAlone }, since)
          return work(isAlone)
        })
      },
    },
    openChannel: (name) => observedChannel(openChannel(name), diary),
  }
}

function observedChannel(channel: Channel, diary: Diary): Channel {
  return {
    post: (message) => {
      diary.note('news', { told: String(message) })
      channel.post(message)
    },
    listen: (listener) =>
      channel.listen((message) => {
        diary.note('news', { heard: String(message).slice(0, 40) })
        listener(message)
      }),
  }
}

/** Origin and path. A part of a path that is long enough to be a token is left out, as is the query. */
function placeOf(url: string): string {
  const { origin, pathname } = new URL(url, 'http://localhost')
  return origin + pathname.replace(/[^/]{32,}/g, '…')
}
