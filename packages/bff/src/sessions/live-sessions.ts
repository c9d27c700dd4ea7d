import {
  createMemoryStore,
  type EpochSeconds,
  type KeyValueStore,
  type Lock,
  type RelyingParty,
  type Renewal,
} from '@oauth-concierge/core'
import type { BffContext } from '../bff-context.ts'
import { createParty } from '../create-party.ts'
import type { Cookies } from '../http/cookies.ts'
import type { HeaderList } from '../http/exchange.ts'
import { createBoundedMap } from './bounded-map.ts'
import { type Carried, readParts, removeParts, writeParts } from './cookie-carrier.ts'
import { sessionEnd } from './session-end.ts'
import { readSessionData } from './session-data.ts'
import { createSessionVault, type SessionState } from './session-vault.ts'
import type { RecordMark } from './session-store.ts'

/** A session as it is at hand, with its tokens. */
export interface LiveSession extends SessionState {
  readonly relyingParty: RelyingParty
  /** Access tokens for one API; the same object for each call of it. */
  renewalFor(resource: string | undefined, scope: string | undefined): Renewal
  /** Resolves when no renewal of it is under way. */
  settled(): Promise<void>
}

/** A session, and what the browser that named it has in its cookie. */
export interface Visit {
  readonly session: LiveSession
  /** Content of the cookie. */
  readonly content: string
  /** The version in the cookie, where that holds the whole session. */
  readonly presented: number | undefined
  /** Whether its end was moved by this visit. */
  readonly isExtended: boolean
}

/** The sessions that come by, kept at hand for as long as they are the latest. */
export interface LiveSessions {
  /** The session that the cookies name. @throws StorageError `storage_failed` */
  find(cookies: Cookies): Promise<Visit | undefined>
  /** What the browser must be given, so that it has the session as it is now. */
  cookiesOf(visit: Visit, cookies: Cookies): Promise<HeaderList>
  /** Erases a session here and in the browser. */
  end(visit: Visit, cookies: Cookies): Promise<HeaderList>
}

/** How many sessions are kept at hand with their tokens; others are read again when they come. */
const mostAtHand = 10_000

/** A session's end is moved when that gives it a twentieth of its time more, not at each request. */
const moves = 20

export function createLiveSessions(context: BffContext): LiveSessions {
  const { store, carrier, cookies: rules, cookieName, sameSite, now } = context
  const named = createBoundedMap<Carried>(mostAtHand)
  const atHand = createBoundedMap<LiveSession>(mostAtHand)
  const loading = new Map<string, Promise<LiveSession | undefined>>()
  const transactions = createMemoryStore()

  const load = async (key: string): Promise<LiveSession | undefined> => {
    const record = await store.read(key)
    const data = record && readSessionData(record.value)
    if (!record || !data) return undefined
    const { version, expiresAt } = record
    const endWith = (tokens: unknown): EpochSeconds => sessionEnd(context, data.endsAt, tokens)
    const state = { key, data, version, expiresAt, tokens: data.tokens, endWith, writing: 0 }
    const vault = createSessionVault(store, state, record)
    const session = await createLiveSession(context, state, { vault, transactions })
    atHand.set(key, session)
    return session
  }

  /** Requests that come together read a session once. */
  const loadOnce = (key: string, { version }: RecordMark): Promise<LiveSession | undefined> => {
    const name = `${key} ${version}`
    const pending = loading.get(name) ?? load(key).finally(() => loading.delete(name))
    loading.set(name, pending)
    return pending
  }

  const current = (key: string, mark: RecordMark): LiveSession | Promise<LiveSession | undefined> => {
    const session = atHand.get(key)
    if (!session || (session.version !== mark.version && session.writing === 0)) return loadOnce(key, mark)
    session.expiresAt = mark.expiresAt
    return session
  }

  const extend = async (session: LiveSession): Promise<boolean> => {
    const end = session.endWith(session.tokens)
    if (end >= session.expiresAt && end - session.expiresAt < (end - now()) / moves) return false
    await store.touch(session.key, end)
    session.expiresAt = end
    return true
  }

  const visit = async (name: Carried, mark: RecordMark, content: string): Promise<Visit | undefined> => {
    const session = await current(name.key, mark)
    if (!session || Math.min(session.expiresAt, session.data.endsAt) <= now()) return undefined
    return { session, content, presented: name.version, isExtended: await extend(session) }
  }

  /** For a cookie that was not seen yet, or whose record is not there any more: it may have brought the record itself. */
  const findAnew = async (content: string): Promise<Visit | undefined> => {
    named.delete(content)
    const name = await carrier.find('session', content)
    const mark = name && (await store.look(name.key))
    if (!name || !mark) return undefined
    named.set(content, name)
    return visit(name, mark, content)
  }

  return {
    find: async (cookies) => {
      const content = readParts(cookies, cookieName)
      if (content === undefined) return undefined
      const known = named.get(content)
      const mark = known && (await store.look(known.key))
      if (!known || !mark) return findAnew(content)
      return visit(known, mark, content)
    },
    cookiesOf: async ({ session, presented, isExtended }, cookies) => {
      // A name is good for as long as a session may last at all: when its record ends is the store's affair.
      if (presented === undefined || (presented === session.version && !isExtended)) return []
      const latest = await carrier.contentOf({ key: session.key, id: '' })
      const maxAge = session.data.endsAt - now()
      return writeParts(cookieName, latest, { rules, cookies, sameSite, maxAge })
    },
    end: async ({ session, content }, cookies) => {
      named.delete(content)
      atHand.delete(session.key)
      await store.delete(session.key)
      return removeParts(cookieName, { rules, cookies })
    },
  }
}

async function createLiveSession(
  context: BffContext,
  state: SessionState,
  stores: { readonly vault: KeyValueStore; readonly transactions: KeyValueStore },
): Promise<LiveSession> {
  const lock: Lock = { run: (_, work) => context.store.lock.run(state.key, work) }
  const relyingParty = createParty(context, { ...stores, lock })
  await relyingParty.restore()
  const renewals = new Map<string, Renewal>()
  const createRenewal = (resource: string, scope: string | undefined): Renewal =>
    relyingParty.for(resource, scope === undefined ? {} : { scope }).renewal
  return Object.assign(state, {
    relyingParty,
    settled: async () => {
      for (const renewal of [relyingParty.renewal, ...renewals.values()]) await renewal.settled()
    },
    renewalFor: (resource: string | undefined, scope: string | undefined): Renewal => {
      if (resource === undefined) return relyingParty.renewal
      const name = `${resource} ${scope}`
      const renewal = renewals.get(name) ?? createRenewal(resource, scope)
      renewals.set(name, renewal)
      return renewal
    },
  })
}
