import { type ServerError, SessionError, TransportError } from '../../errors.ts'
import type { KeyValueStore, StoredValue } from '../../ports/key-value-store.ts'
import type { Lock } from '../../ports/lock.ts'
import type { OpenChannel } from '../../ports/channel.ts'
import { completeRuntime } from '../../ports/default-runtime.ts'
import { createManualClock, type ManualClock } from '../../testing/manual-clock.ts'
import { createLiveSession, type LiveSession } from '../live-session.ts'
import { isUsable, mergeTokenResponse, type TokenSet } from '../token-set.ts'
import { createSessionNewsroom } from '../session-news.ts'
import { createTokenVault, type SessionRecord } from '../token-vault.ts'
import { type Actor, createChance, createScheduler, type Scheduler } from './scheduler.test-support.ts'
import { createTokenServer, type Rotation } from './token-server.test-support.ts'

/** One world of the model: which faults may happen in it, and how often. */
export interface WorldOptions {
  readonly seed: number
  readonly rotation: Rotation
  readonly actors: number
  readonly lostAnswers: number
  readonly lostRequests: number
  readonly crashes: number
  /** Whether a lock may run out of patience and let a second actor in. */
  readonly impatient: boolean
  readonly logouts: number
  readonly userSwitches: number
  readonly clockJumps: number
}

/** What happened in a world, for the invariants to judge. */
export interface WorldReport {
  readonly trace: readonly string[]
  readonly violations: readonly string[]
  readonly expiries: number
  readonly reuses: number
  readonly faults: number
}

const lifetime = 3_600

/** Plays one interleaving to its end. */
export async function playWorld(options: WorldOptions): Promise<WorldReport> {
  const world = createWorld(options)
  await world.play()
  return world.report()
}

interface World {
  play(): Promise<void>
  report(): WorldReport
}

function createWorld(options: WorldOptions): World {
  const chance = createChance(options.seed)
  const scheduler = createScheduler(chance)
  const clock = createManualClock()
  const server = createTokenServer(options.rotation)
  const violations: string[] = []
  const budget = { ...options }
  const confirmedSpent = new Set<string>()
  let expiries = 0
  let faults = 0
  let logoutsUnderWay = 0
  let inForce: string | undefined

  const spend = (kind: 'lostAnswers' | 'lostRequests' | 'crashes', odds: number): boolean => {
    if (budget[kind] <= 0 || chance() >= odds) return false
    budget[kind] -= 1
    faults += 1
    return true
  }

  const entries = new Map<string, StoredValue>()
  let version = 0
  const onWrite = (before: SessionRecord | undefined, after: SessionRecord, isLogin: boolean): void => {
    if (!isLogin && before && before.family !== after.family)
      violations.push('a refresh wrote over another family')
    if (!isLogin && !before) violations.push('a refresh wrote into an empty store')
    if (before && before.generation !== after.generation && before.tokens.refreshToken) {
      confirmedSpent.add(before.tokens.refreshToken)
    }
  }
  const storeOf = (actor: Actor): KeyValueStore => ({
    atomic: true,
    isShared: true,
    get: (key) => scheduler.step(actor, 'reads the store', () => entries.get(key)),
    put: (key, value, put) =>
      scheduler.step(actor, 'writes the store', () => {
        const before = entries.get(key)
        if (put?.ifVersion !== undefined && (before?.version ?? 0) !== put.ifVersion) return undefined
        onWrite(
          before?.value as SessionRecord | undefined,
          value as SessionRecord,
          put?.ifVersion === undefined,
        )
        entries.set(key, { value, version: ++version })
        return version
      }),
    take: () => Promise.reject(new Error('not used')),
    delete: (key, options) =>
      scheduler.step(actor, 'erases the store', () => {
        if (options?.ifVersion === undefined && logoutsUnderWay === 0)
          violations.push('a session was erased unseen')
        if (options?.ifVersion === undefined || entries.get(key)?.version === options.ifVersion)
          entries.delete(key)
      }),
  })

  const sent = new Set<string>()
  const request = async (actor: Actor, refreshToken: string) => {
    const record = entries.get('session')?.value as SessionRecord | undefined
    const age = clock.wallTime() / 1000 - (record?.tokens.receivedAt ?? 0)
    const isReplay = sent.has(refreshToken) && record?.tokens.refreshToken === refreshToken
    if (
      isReplay &&
      options.rotation === 'strict' &&
      options.clockJumps === 0 &&
      isUsable(record.tokens, age)
    ) {
      violations.push('a refresh token was sent again while the access token served')
    }
    sent.add(refreshToken)
    if (confirmedSpent.has(refreshToken) && !options.impatient)
      violations.push('a refresh token known to be spent was sent')
    if (spend('lostRequests', 0.3)) await scheduler.step(actor, 'loses a request', noAnswer)
    const answer = await scheduler.step(actor, 'is served at the token endpoint', () =>
      attempt(() => server.refresh(refreshToken)),
    )
    if (spend('lostAnswers', 0.3)) await scheduler.step(actor, 'loses an answer', noAnswer)
    const tokens = await scheduler.step(actor, 'gets an answer', answer)
    return {
      ...tokens,
      tokenType: 'bearer' as const,
      expiresIn: lifetime,
      scope: undefined,
      idToken: undefined,
      claims: undefined,
    }
  }

  const lock = createSharedLock(scheduler, () => options.impatient && chance() < 0.2)
  const channelOf = createSharedChannel(scheduler)
  const start = (actor: Actor): LiveSession => {
    const newsroom = createSessionNewsroom(channelOf(actor), 'session')
    const context = {
      runtime: completeRuntime({ clock, lock: lock.of(actor), random: chance }),
      lockName: 'refresh',
      vault: createTokenVault(storeOf(actor), 'session'),
      reuseWindow: options.rotation === 'grace' ? 60 : 0,
      prepare: async () => undefined,
      request: (refreshToken: string) => request(actor, refreshToken),
      probe: async () => undefined,
      announce: newsroom.announce,
      discard: async (refreshToken: string) =>
        scheduler.step(actor, 'revokes', () => server.revoke(refreshToken)),
    }
    return createLiveSession(context, newsroom)
  }

  const actors = Array.from({ length: options.actors }, (_, index) => ({
    name: `tab ${index + 1}`,
    isDead: false,
  }))
  const sessions = actors.map(start)

  const logIn = async (session: LiveSession, user: string): Promise<void> => {
    inForce = user
    await session.begin(tokensOf(server.login(user), clock))
  }

  const ask = async (session: LiveSession): Promise<void> => {
    try {
      const { accessToken } = await session.current()
      const user = accessToken.split(':')[1]
      const shown = session.snapshot.status === 'authenticated' ? session.snapshot.scope[0] : undefined
      if (shown !== undefined && user !== shown)
        violations.push(`a token of ${user} was given in the session of ${shown}`)
    } catch (error) {
      if (error instanceof SessionError && error.code === 'session_expired') expiries += 1
      else if (isLost(error) && options.rotation === 'grace' && options.lostAnswers === 1 && faults === 1) {
        violations.push('a lost answer was not asked for again under grace')
      } else if (!isExpected(error)) violations.push(`an unexpected error: ${String(error)}`)
    }
  }

  const finish = async (mayCrash = false): Promise<void> => {
    for (let steps = 0; scheduler.waiting > 0; steps += 1) {
      if (steps > 2_000) return void violations.push('no end after 2,000 steps')
      const live = actors.filter(({ isDead }) => !isDead)
      if (mayCrash && live.length > 1 && spend('crashes', 0.05)) {
        const victim = live[Math.floor(chance() * live.length)]
        if (victim) lock.release(kill(victim))
      }
      await scheduler.advance()
    }
  }

  /** Every tab that lives does something at once; then all run to their end, interleaved. */
  const round = async (): Promise<void> => {
    const work = sessions.map((session, index) => {
      const actor = actors[index]
      return actor && !actor.isDead ? choose(session, actor) : undefined
    })
    let open = work.filter((one) => one !== undefined).length
    for (const one of work) void one?.finally(() => (open -= 1))
    await settle()
    await finish(true)
    const dead = actors.filter(({ isDead }) => isDead).length
    if (open > dead) violations.push(`${open} calls never ended, with ${dead} tabs dead`)
  }

  const logOut = async (session: LiveSession): Promise<void> => {
    inForce = undefined
    logoutsUnderWay += 1
    await session.end()
    logoutsUnderWay -= 1
  }

  /** Asks for a token, and in the midst of that its user may log out or another one log in. */
  const choose = (session: LiveSession, actor: Actor): Promise<unknown> => {
    const acts = (act: () => Promise<void>) => scheduler.step(actor, 'is clicked', () => undefined).then(act)
    if (budget.logouts > 0 && chance() < 0.15) {
      budget.logouts -= 1
      return Promise.all([ask(session), acts(() => logOut(session))])
    }
    if (budget.userSwitches > 0 && chance() < 0.15) {
      const user = `user-${(budget.userSwitches -= 1)}`
      return Promise.all([ask(session), acts(() => logIn(session, user)).then(() => ask(session))])
    }
    return Promise.all([ask(session), ask(session)])
  }

  const play = async (): Promise<void> => {
    const [first] = sessions
    const begun = first && logIn(first, 'ada')
    await finish()
    await begun
    const restored = Promise.all(sessions.slice(1).map((session) => session.restore()))
    await finish()
    await restored
    for (let rounds = 0; rounds < 3; rounds += 1) {
      await clock.advance(lifetime - (chance() < 0.5 ? 0 : 40))
      if (budget.clockJumps > 0 && chance() < 0.3)
        clock.setWallTime(clock.wallTime() / 1000 + (chance() - 0.7) * 86_400)
      await round()
    }
    await judgeTheEnd()
  }

  const judgeTheEnd = async (): Promise<void> => {
    const record = entries.get('session')?.value as SessionRecord | undefined
    const isUndisturbed = options.logouts === 0 && options.userSwitches === 0
    if (isUndisturbed && options.rotation === 'grace' && faults <= 1 && expiries > 0)
      violations.push('a session was lost under grace')
    if (
      isUndisturbed &&
      options.rotation === 'strict' &&
      !options.impatient &&
      expiries > 0 &&
      faults === 0
    ) {
      violations.push('a session was lost without a fault')
    }
    if (faults === 0 && !options.impatient && server.reuses > 0)
      violations.push('a spent refresh token was used without a fault')
    if (record && inForce === undefined && options.userSwitches === 0)
      violations.push('a session came back after its logout')
    const shown = sessions.filter((_, index) => !actors[index]?.isDead).map(({ snapshot }) => snapshot)
    if (!record && options.crashes === 0 && shown.some(({ status }) => status === 'authenticated'))
      violations.push('a tab shows a session that is over')
    if (record && options.crashes === 0 && shown.some(({ status }) => status !== 'authenticated'))
      violations.push('a tab shows no session while there is one')
  }

  return {
    play,
    report: () => ({ trace: scheduler.trace, violations, expiries, reuses: server.reuses, faults }),
  }
}

/** A channel as browsers have it between tabs: what is posted arrives at some later time. */
function createSharedChannel(scheduler: Scheduler): (actor: Actor) => OpenChannel {
  const listeners = new Map<Actor, (message: unknown) => void>()
  return (actor) => () => ({
    post: (message) => {
      for (const [other, listener] of listeners)
        if (other !== actor) void scheduler.step(other, 'hears news', () => listener(message))
    },
    listen: (listener) => {
      listeners.set(actor, listener)
      return () => void listeners.delete(actor)
    },
  })
}

/** A lock as browsers have it between tabs: the death of its holder frees it. */
function createSharedLock(scheduler: Scheduler, isImpatient: () => boolean) {
  let holder: Actor | undefined
  const waiting: { readonly actor: Actor; readonly enter: () => void }[] = []
  const next = (): void => {
    holder = undefined
    const turn = waiting.findIndex(({ actor }) => !actor.isDead)
    const [entered] = turn < 0 ? [] : waiting.splice(0, turn + 1).slice(-1)
    holder = entered?.actor
    entered?.enter()
  }
  const of = (actor: Actor): Lock => ({
    run: async (_, work) => {
      const isIn = await new Promise<boolean>((resolve) => {
        if (!holder) {
          holder = actor
          resolve(true)
        } else if (isImpatient()) {
          void scheduler.step(actor, 'runs out of patience', () => resolve(false))
        } else waiting.push({ actor, enter: () => resolve(true) })
      })
      return work(isIn).finally(() => {
        if (isIn && !actor.isDead && holder === actor) next()
      })
    },
  })
  return {
    of,
    release: (dead: Actor): void => {
      if (holder === dead) next()
    },
  }
}

function tokensOf(
  issued: { readonly accessToken: string; readonly refreshToken: string },
  clock: ManualClock,
): TokenSet {
  const user = issued.accessToken.split(':')[1] ?? ''
  const response = {
    ...issued,
    tokenType: 'bearer' as const,
    expiresIn: lifetime,
    scope: user,
    idToken: undefined,
    claims: undefined,
  }
  const nothing = { refreshToken: undefined, idToken: undefined, claims: undefined, scope: user }
  return mergeTokenResponse(response, nothing, { now: clock.wallTime() / 1000, random: 0 })
}

function attempt<Result>(work: () => Result): () => Result {
  try {
    const result = work()
    return () => result
  } catch (error) {
    return () => {
      throw error as ServerError
    }
  }
}

function noAnswer(): never {
  throw new TransportError('network_failed', 'no answer')
}

function kill(actor: Actor): Actor {
  actor.isDead = true
  return actor
}

function isLost(error: unknown): boolean {
  return error instanceof TransportError && error.code === 'refresh_outcome_unknown'
}

function isExpected(error: unknown): boolean {
  return (
    (error instanceof SessionError && ['login_required', 'session_changed'].includes(error.code)) ||
    isLost(error) ||
    (error instanceof TransportError && error.code === 'network_failed')
  )
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await undefined
}
