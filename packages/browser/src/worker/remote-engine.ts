import {
  type AccessGrant,
  type ChallengeHandler,
  createAuthorizedFetch,
  type Milliseconds,
  type Renewal,
  type Runtime,
  type SenderConstraint,
  TransportError,
} from '@oauth-concierge/core'
import type { Engine, ResourceTokens } from '../engine.ts'
import type { Diary } from '../events.ts'
import { fromErrorData } from './error-data.ts'
import type {
  CallName,
  FromPage,
  FromWorker,
  LentGrant,
  Target,
  Wire,
  WorkerCalls,
  WorkerState,
} from './protocol.ts'

/** What the page keeps to itself of a session that a worker has. */
export interface RemoteOptions {
  readonly runtime: Runtime
  readonly diary: Diary
  readonly apis?: readonly string[]
  readonly stepUp?: ChallengeHandler | undefined
  readonly senderConstraint?: SenderConstraint | undefined
}

interface Remote extends RemoteOptions {
  call<Name extends CallName>(
    name: Name,
    ...args: Parameters<WorkerCalls[Name]>
  ): Promise<ReturnType<WorkerCalls[Name]>>
  state(): WorkerState
  /** Forgets what was lent with the next change of the session. */
  onChange(forget: () => void): void
}

interface Waiting {
  resolve(result: unknown): void
  reject(error: Error): void
}

/** More than any call of the core takes, whose requests all have their deadline: a worker that is silent for longer is gone. */
const longestCall: Milliseconds = 60_000

function noAnswer(): TransportError {
  return new TransportError(
    'timed_out',
    'The worker that has the session gave no answer. Load the page again.',
  )
}

/** An engine whose tokens and whose requests to the authorization server are in the worker at the other end of `wire`. */
export function createRemoteEngine(wire: Wire, options: RemoteOptions): Engine {
  const listeners = new Set<() => void>()
  const waiting = new Map<number, Waiting>()
  const accesses = new Map<string, ResourceTokens>()
  let state: WorkerState = {
    session: { status: 'restoring' },
    login: { family: undefined, subject: undefined, isRenewable: false },
  }
  let lastId = 0

  const send = (message: FromPage): void => wire.postMessage(message)
  const settle = (message: Extract<FromWorker, { readonly id: number }>): void => {
    const call = waiting.get(message.id)
    waiting.delete(message.id)
    if ('error' in message) call?.reject(fromErrorData(message.error))
    else call?.resolve(message.result)
  }
  wire.addEventListener('message', ({ data }) => {
    const message = data as FromWorker
    if ('event' in message) options.diary.add(message.event)
    else if ('id' in message) settle(message)
    else {
      state = { ...message.state, session: Object.freeze(message.state.session) }
      for (const listener of listeners) listener()
    }
  })

  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const call: Remote['call'] = (name, ...args) => {
    const id = (lastId += 1)
    const over = new AbortController()
    const answer = new Promise<unknown>((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      options.runtime.clock.sleep(longestCall, over.signal).then(
        () => reject(noAnswer()),
        () => undefined,
      )
      send({ id, call: name, args })
    })
    return answer.finally(() => over.abort()) as never
  }
  const remote: Remote = {
    ...options,
    call,
    state: () => state,
    onChange: (forget) => void subscribe(forget),
  }
  return {
    get session() {
      return state.session
    },
    subscribe,
    restore: () => call('restore'),
    resync: () => call('resync'),
    startLogin: (login) => call('startLogin', login),
    finishLogin: (parameters) => call('finishLogin', parameters.toString()),
    userInfo: () => call('userInfo'),
    endSession: (logout) => call('endSession', logout),
    ...createAccess(remote, undefined),
    for: (resource, { scope } = {}) => {
      const target = scope === undefined ? { resource } : { resource, scope }
      const name = JSON.stringify(target)
      const access = accesses.get(name) ?? createAccess(remote, target)
      accesses.set(name, access)
      return access
    },
    close: () => send({ close: true }),
  }
}

function createAccess(remote: Remote, target: Target | undefined) {
  const { runtime, senderConstraint, apis = [], stepUp: handle } = remote
  const renewal = createRenewal(remote, target)
  const caller = { runtime, senderConstraint, login: () => remote.state().login }
  return {
    getAccessToken: async () => (renewal.peek() ?? (await renewal.current())).accessToken,
    fetch: createAuthorizedFetch(caller, renewal, { apis, handle }),
  }
}

/** What the worker lends serves until it is due for renewal there, by either clock, or until the session changes. */
function createRenewal({ call, runtime: { clock }, onChange }: Remote, target: Target | undefined): Renewal {
  let lent: (LentGrant & { readonly wall: number; readonly monotonic: number }) | undefined
  onChange(() => (lent = undefined))
  const keep = ({ grant, freshFor }: LentGrant): AccessGrant => {
    lent = { grant, freshFor, wall: clock.wallTime(), monotonic: clock.monotonicTime() }
    return grant
  }
  const peek = (): AccessGrant | undefined => {
    if (!lent) return undefined
    const byWall = clock.wallTime() - lent.wall
    const age = Math.max(byWall, clock.monotonicTime() - lent.monotonic) / 1000
    return byWall >= 0 && age < lent.freshFor ? lent.grant : undefined
  }
  return {
    peek,
    current: async () => peek() ?? keep(await call('current', target)),
    otherThan: async (refused) => keep(await call('otherThan', target, refused)),
    // Nothing is under way here: it is the worker that renews.
    settled: async () => undefined,
  }
}
