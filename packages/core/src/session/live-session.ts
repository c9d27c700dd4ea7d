import { StorageError } from '../errors.ts'
import { type HeldTokens, type Holder, holdTokens } from './held-tokens.ts'
import { createInProcessLock } from '../ports/lock.ts'
import { authenticated } from './authenticated.ts'
import { createBackoff } from './backoff.ts'
import type { RefreshContext } from './refresh.ts'
import { createRenewal, type Renewal, type RenewalContext } from './renewal.ts'
import type { SessionNews, SessionNewsroom } from './session-news.ts'
import { createSessionState, type Session } from './session-state.ts'
import type { TokenSet } from './token-set.ts'
import { createRecord, type TokenTarget } from './token-vault.ts'

/** One login: its refreshes share the family, another login has another. */
export interface Login {
  readonly family: string | undefined
  readonly subject: string | undefined
  /** Whether there is a refresh token to renew it with. */
  readonly isRenewable: boolean
}

/** A session from its beginning by a login, or its restoring from the vault, to its end. */
export interface LiveSession extends Renewal {
  readonly snapshot: Session
  subscribe(listener: () => void): () => void
  /** Takes up the session that the vault holds, if it holds one and none is in force here. */
  restore(): Promise<Session>
  /** Takes up what the vault holds now, if it is other than what is in force here: a sibling's tokens, or none any more. */
  resync(): Promise<Session>
  /** Access tokens for another resource, from the same refresh token. */
  for(target: TokenTarget): Renewal
  /** Begins a session with the tokens of a login, in place of the one before. */
  begin(tokens: TokenSet): Promise<void>
  /** Whose login it is, to tell it from another. */
  login(): Login
  /** Ends the session here; gives the tokens it had. @throws StorageError */
  end(): Promise<TokenSet | undefined>
  /** Listens to nobody any more. */
  close(): void
}

/** A session over the vault of `context`, which several such objects, in other tabs or processes, may share; they hear of each other by `newsroom`. */
export function createLiveSession(context: RefreshContext, newsroom: SessionNewsroom): LiveSession {
  const { vault, runtime } = context
  const state = createSessionState()
  let held: HeldTokens | undefined
  const holder: Holder = {
    get held() {
      return held
    },
    take: (tokens, session) => {
      held = tokens
      state.set(session)
    },
  }
  let endings = 0
  const resync = async (isOver = false): Promise<Session> => {
    const before = held
    const entry = await vault.read()
    if (held !== before && endings === 0) return resync(isOver)
    const isSame = entry?.record.generation === before?.record.generation
    // What the store could not take, or has not taken yet, is not undone by what the store has; nor is a logout under way.
    if (isSame || before?.version === 0 || endings > 0) return state.get()
    const { claims } = before?.record.tokens ?? {}
    const none: Session = isOver ? { status: 'expired', claims } : { status: 'anonymous' }
    holder.take(entry && holdTokens(entry, runtime.clock), entry ? authenticated(entry.record.tokens) : none)
    return state.get()
  }
  /** Whoever has tokens of their own still logs out with the others, and nobody is left with a refresh token that serves. */
  const follow = async (news: SessionNews): Promise<void> => {
    if (vault.isShared) await resync(news === 'expired')
    else if (news === 'ended') {
      const refreshToken = (await end())?.refreshToken
      if (refreshToken !== undefined) await context.discard(refreshToken)
    }
  }
  const listen = (): void => newsroom.listen((news) => void follow(news).catch(() => undefined))
  const end = async (): Promise<TokenSet | undefined> => {
    endings += 1
    try {
      const { tokens } = (held ?? (await vault.read()))?.record ?? {}
      holder.take(undefined, { status: 'anonymous' })
      await vault.erase()
      return tokens
    } finally {
      endings -= 1
    }
  }
  const turns = createInProcessLock()
  const renewals: RenewalContext = {
    ...context,
    holder,
    backoff: createBackoff(runtime),
    inTurn: (work) => turns.run('renewal', work),
  }
  return {
    ...createRenewal(renewals),
    for: (target) => createRenewal(renewals, target),
    get snapshot() {
      return state.get()
    },
    subscribe: (listener) => state.subscribe(listener),
    restore: async () => {
      listen()
      const entry = await vault.read()
      if (held) return state.get()
      const session: Session = entry ? authenticated(entry.record.tokens) : { status: 'anonymous' }
      holder.take(entry && holdTokens(entry, runtime.clock), session)
      return session
    },
    resync: () => resync(),
    begin: async (tokens) => {
      listen()
      const record = createRecord(tokens)
      const begun = holdTokens({ record, version: 0 }, runtime.clock)
      holder.take(begun, authenticated(tokens))
      // A store that cannot take the session does not undo the login: it goes on in memory.
      const entry = await vault.write(record).catch(ignoreStorageError)
      if (!entry) return
      if (held === begun) held = holdTokens(entry, runtime.clock)
      newsroom.announce('changed')
    },
    login: () => {
      const { family, tokens } = held?.record ?? {}
      return { family, subject: tokens?.claims?.sub, isRenewable: tokens?.refreshToken !== undefined }
    },
    end: async () => {
      const tokens = await end()
      newsroom.announce('ended')
      return tokens
    },
    close: () => newsroom.close(),
  }
}

function ignoreStorageError(error: unknown): undefined {
  if (!(error instanceof StorageError)) throw error
  return undefined
}
