import {
  type AccessGrant,
  type ChallengeHandler,
  createAuthorizedFetch,
  createSessionState,
  type Login,
  type Renewal,
  type Runtime,
  type SenderConstraint,
  type SessionState,
} from '@oauth-concierge/core'
import type { Engine, ResourceTokens } from '../engine.ts'
import type { Diary } from '../events.ts'
import { createLine, type Line } from './line.ts'
import type { LentGrant, Target, Wire, WorkerState } from './protocol.ts'

/** What the page keeps to itself of a session that a worker has. */
export interface RemoteOptions {
  readonly runtime: Runtime
  readonly diary: Diary
  readonly apis?: readonly string[]
  readonly stepUp?: ChallengeHandler | undefined
  readonly senderConstraint?: SenderConstraint | undefined
  /** Connects another worker where this one dies. */
  connect(): Promise<Wire | undefined>
}

interface Remote extends RemoteOptions, Pick<Line, 'call'> {
  login(): Login
  /** Forgets what was lent with each change of the session. */
  onChange: SessionState['subscribe']
}

/** An engine whose tokens and whose requests to the authorization server are in the worker at the other end of `wire`. */
export function createRemoteEngine(wire: Wire, options: RemoteOptions): Engine {
  const shown = createSessionState()
  const accesses = new Map<string, ResourceTokens>()
  let state: Omit<WorkerState, 'session'> = {
    login: { family: undefined, subject: undefined, isRenewable: false },
  }
  const { call, close } = createLine(wire, {
    clock: options.runtime.clock,
    connect: options.connect,
    hear: (message) => {
      if ('event' in message) return options.diary.add(message.event)
      const { degraded } = message.state
      if (degraded && !state.degraded) options.diary.add(degraded)
      state = message.state
      shown.set(message.state.session)
    },
  })
  const remote: Remote = {
    ...options,
    call,
    login: () => state.login,
    onChange: shown.subscribe,
  }
  return {
    get session() {
      return shown.get()
    },
    subscribe: shown.subscribe,
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
    close,
  }
}

function createAccess(remote: Remote, target: Target | undefined) {
  const { runtime, senderConstraint, login, apis = [], stepUp: handle } = remote
  const renewal = createRenewal(remote, target)
  const caller = { runtime, senderConstraint, login }
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
