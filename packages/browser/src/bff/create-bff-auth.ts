import {
  createSessionState,
  type FinishedLogin,
  type Runtime,
  type SessionSource,
  UsageError,
} from '@oauth-concierge/core'
import { submitForm } from '../user-agents/redirect-user-agent.ts'
import { createBffFetch } from './bff-fetch.ts'
import type { BffSession } from './bff-session.ts'
import { createAsk } from './create-ask.ts'
import { type BffLoginOptions, buildLoginQuery } from './login-query.ts'
import { beginVisit, finishVisit } from './pending-visit.ts'
import { requestSession, type SessionAnswer } from './request-session.ts'
import { readReturnPath } from './return-path.ts'
import { watchTabs } from './watch-tabs.ts'

/** Where the backend for this frontend is. */
export interface BffAuthOptions {
  /** Its path on the page's own origin, with a slash at its beginning and none at its end. Default `/auth`. */
  readonly base?: string
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Pick<Runtime, 'http'>>
}

/** The session of a page whose tokens are at a backend for frontend (BFF). */
export interface BffAuth extends SessionSource {
  readonly session: BffSession
  /**
   * Asks the BFF who is logged in, and gives back `returnTo` and `appState` after a login that this tab had started. Calls share one
   * answer. After a failure the session is what it was, and the next call asks again.
   * @throws UsageError `not_in_browser`; TransportError
   */
  start(): Promise<FinishedLogin>
  /**
   * Leaves the page for a login, unless the BFF cannot be reached.
   * @throws UsageError `return_to_not_same_origin`, `invalid_configuration`, `not_in_browser`; TransportError
   */
  login(options?: BffLoginOptions): Promise<void>
}

/**
 * Login for a page behind a BFF: the session is a cookie that no script can read, and no token comes near the page.
 * Construction does nothing, on a server as well.
 */
export function createBffAuth({
  base = '/auth',
  runtime: { http = (url: string, init: RequestInit) => fetch(url, init) } = {},
}: BffAuthOptions = {}): BffAuth {
  const root = (): string => {
    if (typeof window === 'undefined') throw new UsageError('not_in_browser', 'There is no page here.')
    return location.origin + base
  }
  const state = createSessionState<BffSession>()
  let last: SessionAnswer | undefined
  const ask = createAsk(state, async () => (last = await requestSession(http, `${root()}/session`)))
  const key = `concierge:${base}`
  const look = (ranOut?: boolean): Promise<unknown> => ask(ranOut).catch(() => undefined)
  let tell: ((ranOut?: boolean) => void) | undefined
  let started: Promise<FinishedLogin> | undefined

  const start = async (): Promise<FinishedLogin> => {
    root()
    tell ??= watchTabs(key, look)
    const { logout } = await ask()
    const finished = finishVisit(key, logout)
    if (finished) tell()
    return finished ?? {}
  }
  return {
    get session() {
      return state.get()
    },
    subscribe: state.subscribe,
    start: () =>
      (started ??= start().catch((error: unknown) => {
        started = undefined
        throw error
      })),
    login: async ({ appState, ...login } = {}) => {
      const { logout } = await ask()
      const returnTo = readReturnPath(login.returnTo)
      const query = buildLoginQuery({ ...login, returnTo })
      beginVisit(key, logout, { returnTo, appState })
      location.assign(`${root()}/login?${query}`)
      await untilRestored()
    },
    fetch: createBffFetch(
      http,
      async () => last ?? ask(),
      async (ranOut) => {
        const before = state.get()
        await look(ranOut)
        if (before !== state.get()) tell?.(ranOut)
      },
    ),
    logout: async ({ postLogoutRedirectUri = '/' } = {}) => {
      const { logout } = await ask()
      const return_to = readReturnPath(postLogoutRedirectUri)
      if (!logout) return
      // Not before the BFF has ended the session: the page is left when it has answered.
      addEventListener('pagehide', () => tell?.())
      submitForm(`${root()}/logout`, { nonce: logout, return_to })
      await untilRestored()
    },
  }
}

/** Only the back button brings a page back that was left. */
function untilRestored(): Promise<void> {
  return new Promise((resolve) => addEventListener('pageshow', ({ persisted }) => persisted && resolve()))
}
