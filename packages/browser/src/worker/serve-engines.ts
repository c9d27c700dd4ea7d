import {
  type AccessGrant,
  type AuthorizationExtension,
  type Clock,
  createRelyingParty,
  type RelyingParty,
  type Runtime,
  type SenderConstraintFactory,
} from '@oauth-concierge/core'
import { type AuthEvent, createDiary, observed } from '../events.ts'
import { pageRuntime } from '../runtime/page-runtime.ts'
import { encryptedTokens } from '../stores/encrypted-tokens.ts'
import { createIndexedDbStore } from '../stores/indexed-db-store.ts'
import { memoryTokens } from '../stores/memory-tokens.ts'
import { unsafeLocalTokens } from '../stores/unsafe-local-tokens.ts'
import { withFallback } from '../stores/with-fallback.ts'
import { toErrorData } from './error-data.ts'
import type { FromPage, FromWorker, LentGrant, Target, Wire, WorkerCalls, WorkerClient } from './protocol.ts'

/** What a worker's file may hand in beside what the pages tell it: functions cannot be sent. */
export interface WorkerOptions {
  readonly authorization?: readonly AuthorizationExtension[]
  readonly senderConstraint?: SenderConstraintFactory
  readonly runtime?: Partial<Runtime>
}

const stores = { memory: memoryTokens, encrypted: encryptedTokens, local: unsafeLocalTokens }

/**
 * Has the sessions of the clients that pages open, and gives the way to connect a page. Pages that say the same of a client have one session;
 * whoever says anything else of it, such as another address for its tokens, has another and finds nothing.
 */
export function createEngineHost(options: WorkerOptions = {}): (wire: Wire) => void {
  const engines = new Map<string, Hosted>()
  const alive = holdLifeline()
  const hosted = (client: WorkerClient): Hosted => {
    const key = JSON.stringify(client)
    const known = engines.get(key) ?? createHosted(client, options)
    engines.set(key, known)
    return known
  }
  return (wire) => {
    let engine: Hosted | undefined
    const send = (message: FromWorker): void => wire.postMessage(message)
    // A page that is reloaded says no goodbye, and this worker may see thousands of them.
    wire.addEventListener('close', () => engine?.leave(send))
    wire.addEventListener('message', ({ data }) => {
      const message = data as FromPage
      if ('open' in message) {
        engine?.leave(send)
        engine = hosted(message.open)
        engine.join(send)
        void alive.then((name) => name !== undefined && send({ alive: name }))
      } else if ('close' in message) engine?.leave(send)
      else if (engine) void answer(engine, message).then(send)
    })
    wire.start?.()
  }
}

/** Holds a lock for as long as this worker lives, by which its pages notice its end; gives its name, undefined where there are no Web Locks. */
function holdLifeline(): Promise<string | undefined> {
  const { locks } = globalThis.navigator as Partial<Navigator>
  if (!locks) return Promise.resolve(undefined)
  const name = `concierge worker ${crypto.randomUUID()}`
  return new Promise((resolve) => {
    const forLife = (): Promise<never> => {
      resolve(name)
      return new Promise(() => undefined)
    }
    locks.request(name, forLife).catch(() => resolve(undefined))
  })
}

interface Hosted {
  readonly restored: Promise<unknown>
  readonly calls: { readonly [Name in keyof WorkerCalls]: Handler<WorkerCalls[Name]> }
  join(send: (message: FromWorker) => void): void
  leave(send: (message: FromWorker) => void): void
}

type Handler<Call> = Call extends (...args: infer Args) => infer Result
  ? (...args: Args) => Promise<Result>
  : never

function createHosted({ keep, ...client }: WorkerClient, options: WorkerOptions): Hosted {
  const tokenStore = stores[keep]()
  const surroundings = pageRuntime(options.runtime, tokenStore.isShared)
  const pages = new Set<(message: FromWorker) => void>()
  const tell = (message: FromWorker): void => pages.forEach((send) => send(message))
  const diary = createDiary(surroundings, (event) => tell({ event: { ...event, inWorker: true } }))
  const runtime = observed(surroundings, diary)
  let degraded: AuthEvent | undefined
  const onDegraded = ({ message }: Error): void => {
    const at = surroundings.clock.wallTime()
    degraded ??= { name: 'degraded', inWorker: true, at, detail: { tokenStore: keep, message } }
    tell(state())
  }
  const relyingParty = createRelyingParty({
    ...client,
    ...options,
    runtime,
    transactions: withFallback(createIndexedDbStore({ runtime }), { onDegraded }),
    vault: { ...tokenStore.vault({ runtime, onDegraded }), isShared: tokenStore.isShared },
  })
  const state = (): FromWorker => ({
    state: { session: relyingParty.session, login: relyingParty.login(), degraded },
  })
  relyingParty.subscribe(() => tell(state()))
  // A worker that takes the place of one that died goes on with the session that is kept.
  const restored = relyingParty.restore().catch(() => undefined)
  return {
    restored,
    calls: createCalls(relyingParty, runtime.clock),
    join: (send) => {
      pages.add(send)
      send(state())
    },
    leave: (send) => void pages.delete(send),
  }
}

function createCalls(relyingParty: RelyingParty, clock: Clock): Hosted['calls'] {
  const grantsFor = (target: Target | undefined) =>
    (target ? relyingParty.for(target.resource, target) : relyingParty).renewal
  const lend = (grant: AccessGrant): LentGrant => ({ grant, freshFor: freshnessOf(grant, clock) })
  return {
    restore: () => relyingParty.restore(),
    resync: () => relyingParty.resync(),
    startLogin: (login) => relyingParty.startLogin(login),
    finishLogin: (parameters) => relyingParty.finishLogin(new URLSearchParams(parameters)),
    current: async (target) => lend(await grantsFor(target).current()),
    otherThan: async (target, refused) => lend(await grantsFor(target).otherThan(refused)),
    userInfo: () => relyingParty.userInfo(),
    endSession: (logout) => relyingParty.endSession(logout),
  }
}

/** For how many seconds a page need not ask again; 0 for a token that is being renewed. */
function freshnessOf({ renewAt = Infinity, receivedAt }: AccessGrant, clock: Clock): number {
  const age = clock.wallTime() / 1000 - receivedAt
  return age < 0 ? 0 : Math.max(0, renewAt - age)
}

async function answer(
  { restored, calls }: Hosted,
  { id, call, args }: Extract<FromPage, { readonly id: number }>,
): Promise<FromWorker> {
  try {
    await restored
    const run = calls[call] as (...args: readonly unknown[]) => Promise<unknown>
    return { id, result: await run(...args) }
  } catch (error) {
    return { id, error: toErrorData(error) }
  }
}

/** Serves whoever connects to the worker that this runs in, a shared or a dedicated one. Call it at once, in the worker's own file. */
export function serveEngines(options: WorkerOptions = {}): void {
  const connect = createEngineHost(options)
  const scope = globalThis as unknown as Wire & {
    addEventListener(type: 'connect', listener: (event: MessageEvent) => void): void
  }
  if (!('onconnect' in scope)) return connect(scope)
  scope.addEventListener('connect', ({ ports: [port] }: MessageEvent) => port && connect(port))
}
