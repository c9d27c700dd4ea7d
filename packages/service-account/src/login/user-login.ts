import {
  type ClientAuthentication,
  completeRuntime,
  createMemoryStore,
  createRelyingParty,
  createTokenClient,
  type RelyingParty,
  type Runtime,
  type Session,
  SessionError,
  type TokenClient,
  untilAborted,
  UsageError,
} from '@oauth-concierge/core'
import type { TokenStore } from '../cache/token-store.ts'
import type { ServerDescription } from '../machine/machine.ts'
import type { TokenSource, WaitOptions } from '../token-source.ts'

/** How a program lets a user log in. */
export interface UserLoginOptions extends ServerDescription {
  readonly clientId: string
  /** Default: `publicClient()`, as programs that people install are. */
  readonly clientAuthentication?: ClientAuthentication
  /** Space-delimited. Default `openid profile offline_access`. */
  readonly scope?: string
  /** Origins that `fetch` may send the token to. Default: none. */
  readonly apis?: readonly string[]
  /** Where the tokens are kept between two runs, such as `fileTokenStore()` of `./node`. Default: nowhere, they end with the process. */
  readonly store?: TokenStore
  /** Whether a call that needs a login starts one. Default true; with false it rejects with SessionError `login_required`. */
  readonly logInOnDemand?: boolean
  readonly runtime?: Partial<Runtime>
}

/** A user's login, and the tokens that it gives. */
export interface UserLogin extends TokenSource {
  /** Who is logged in, as far as it is known without asking. */
  readonly session: Session
  /** Takes up the login that the store holds, if it holds one. */
  restore(): Promise<Session>
  /** Logs in, also where somebody is logged in already; a login that is under way already is joined. The signal ends it for whoever joined. @throws ServerError `access_denied`, `authorization_expired`; TransportError; the signal's reason */
  login(options?: WaitOptions): Promise<void>
  /** Erases the login here and at the server. */
  logout(): Promise<void>
}

/** What a way to log in works with. */
export interface LoginContext {
  readonly tokenClient: TokenClient
  readonly relyingParty: RelyingParty
  readonly scope: string
  readonly runtime: Runtime
}

/** Wires a way to log in with the session machine of core. Does no I/O. */
export function createUserLogin(
  options: UserLoginOptions,
  logIn: (context: LoginContext, signal: AbortSignal | undefined) => Promise<void>,
): UserLogin {
  const { store, logInOnDemand = true, scope = 'openid profile offline_access', ...client } = options
  const runtime = completeRuntime({ ...(store && { lock: store.lock }), ...options.runtime })
  const tokenClient = createTokenClient({ ...client, runtime })
  const vault = store ?? createMemoryStore()
  const relyingParty = createRelyingParty({
    ...client,
    server: tokenClient,
    scope,
    runtime,
    vault,
    transactions: createMemoryStore(),
  })
  const context: LoginContext = { tokenClient, relyingParty, scope, runtime }
  let isDisposed = false
  let pending: Promise<void> | undefined

  const login = ({ signal }: WaitOptions = {}): Promise<void> => {
    pending ??= logIn(context, signal).finally(() => (pending = undefined))
    return signal ? untilAborted(signal, pending) : pending
  }
  /** Runs a call, after a login where it needs one. */
  const withLogin = async <Result>(
    call: () => Promise<Result>,
    options: WaitOptions = {},
  ): Promise<Result> => {
    if (isDisposed) throw new UsageError('source_disposed', 'This login was disposed of.')
    options.signal?.throwIfAborted()
    // Another process may have logged in meanwhile.
    if (relyingParty.session.status !== 'authenticated') await relyingParty.restore()
    try {
      return await call()
    } catch (error) {
      if (!logInOnDemand || !needsLogin(error)) throw error
      await login(options)
      return call()
    }
  }
  const getAccessToken = (): Promise<string> => relyingParty.getAccessToken()

  return {
    get session() {
      return relyingParty.session
    },
    restore: () => relyingParty.restore(),
    login,
    logout: async () => void (await relyingParty.endSession()),
    getAccessToken: (options) => withLogin(getAccessToken, options),
    getToken: async (options) => {
      const accessToken = await withLogin(getAccessToken, options)
      const { session } = relyingParty
      const known = session.status === 'authenticated' ? session : undefined
      return {
        accessToken,
        tokenType: client.senderConstraint ? 'dpop' : 'bearer',
        expiresAt: known?.accessTokenExpiresAt ?? Number.POSITIVE_INFINITY,
        scope: known?.scope.join(' ') ?? scope,
      }
    },
    fetch: (input, init) => withLogin(() => relyingParty.fetch(input, init)),
    dispose: () => {
      isDisposed = true
    },
  }
}

function needsLogin(error: unknown): boolean {
  return (
    error instanceof SessionError && (error.code === 'login_required' || error.code === 'session_expired')
  )
}
