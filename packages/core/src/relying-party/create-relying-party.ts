import { SessionError, UsageError } from '../errors.ts'
import { completeRuntime } from '../ports/default-runtime.ts'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { Runtime } from '../ports/runtime.ts'
import { type Client, defaultIdTokenAlgorithms } from '../protocol/client.ts'
import type { EndSessionRequest } from '../protocol/end-session.ts'
import { requestUserInfo, type UserInfo } from '../protocol/user-info.ts'
import { authenticated, createSessionState, type Session } from '../session/session-state.ts'
import { createTokenVault } from '../session/token-vault.ts'
import { createTransactionStore } from '../session/transaction.ts'
import { createAccessTokens } from './access-token.ts'
import { createAuthorizedFetch, type Fetch } from './authorized-fetch.ts'
import { type FinishedLogin, finishLogin } from './callback.ts'
import { createServerMemory, type RelyingPartyContext } from './context.ts'
import { type LoginOptions, type StartedLogin, startLogin } from './login.ts'
import { endSession, type LogoutOptions } from './logout.ts'

/** How a relying party is registered, and where it keeps things. */
export interface RelyingPartyOptions {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  readonly clientId: string
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** Origins that the access token may be sent to. Default: none. */
  readonly apis?: readonly string[]
  /** JWS algorithms an ID token may be signed with. Default: every sound asymmetric one. */
  readonly idTokenAlgorithms?: readonly string[]
  /** Where logins under way are written; it must outlive the trip to the authorization server. */
  readonly transactions: KeyValueStore
  /** Where the tokens are held. */
  readonly vault: KeyValueStore
  readonly runtime?: Partial<Runtime>
}

/** One relying party: the flows, without any idea of pages or devices. */
export interface RelyingParty {
  readonly session: Session
  subscribe(listener: () => void): () => void
  /** Takes up the session that the vault holds, if it holds one. */
  restore(): Promise<Session>
  startLogin(options: LoginOptions & { readonly redirectUri: string }): Promise<StartedLogin>
  finishLogin(parameters: URLSearchParams): Promise<FinishedLogin>
  /** @throws SessionError `login_required`, `session_expired`; TransportError; ServerError; ProtocolError */
  getAccessToken(): Promise<string>
  readonly fetch: Fetch
  /** @throws SessionError `login_required`; and as the UserInfo request does */
  userInfo(): Promise<UserInfo>
  /** Erases the session here and at the server; gives what the user agent still has to visit. */
  endSession(options?: LogoutOptions): Promise<EndSessionRequest | undefined>
}

/**
 * Wires the flows of one client at one authorization server. Does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createRelyingParty(options: RelyingPartyOptions): RelyingParty {
  const context = createContext(options)
  const { client, state } = context
  const tokens = createAccessTokens(context, storageKey('refresh', client))
  return {
    get session() {
      return state.get()
    },
    subscribe: (listener) => state.subscribe(listener),
    restore: () => restore(context),
    startLogin: (login) => startLogin(context, login),
    finishLogin: (parameters) => finishLogin(context, parameters),
    getAccessToken: async () => (await tokens.current()).accessToken,
    fetch: createAuthorizedFetch(context, tokens, options.apis ?? []),
    userInfo: async () => {
      const { accessToken, claims } = await tokens.current()
      if (!claims)
        throw new SessionError(
          'login_required',
          'This session has no ID token. Log in with the scope openid.',
        )
      return requestUserInfo(client, await context.metadata(), { accessToken, subject: claims.sub })
    },
    endSession: (logout) => endSession(context, logout),
  }
}

function createContext(options: RelyingPartyOptions): RelyingPartyContext {
  const client = readClient(options)
  return {
    client,
    clock: client.runtime.clock,
    scope: options.scope ?? 'openid profile',
    transactions: createTransactionStore(
      options.transactions,
      storageKey('logins', client),
      client.runtime.clock,
    ),
    vault: createTokenVault(options.vault, storageKey('tokens', client)),
    state: createSessionState(),
    tokens: undefined,
    ...createServerMemory(client),
  }
}

function readClient(options: RelyingPartyOptions): Client {
  const { issuer, clientId, idTokenAlgorithms = defaultIdTokenAlgorithms } = options
  if (typeof clientId !== 'string' || clientId === '') {
    throw new UsageError(
      'invalid_configuration',
      'clientId must be the id under which the client is registered.',
    )
  }
  if (idTokenAlgorithms.some((alg) => !defaultIdTokenAlgorithms.includes(alg))) {
    throw new UsageError(
      'invalid_configuration',
      `idTokenAlgorithms may hold only ${defaultIdTokenAlgorithms.join(', ')}.`,
    )
  }
  return { issuer, clientId, idTokenAlgorithms, runtime: completeRuntime(options.runtime) }
}

/** Two applications on one origin, or one at two servers, never meet in a store. */
function storageKey(kind: string, { issuer, clientId }: Client): string {
  return `concierge:${kind}:${clientId}@${issuer}`
}

async function restore(context: RelyingPartyContext): Promise<Session> {
  const entry = await context.vault.read()
  if (!context.tokens) {
    context.tokens = entry?.tokens
    context.state.set(entry ? authenticated(entry.tokens) : { status: 'anonymous' })
  }
  return context.state.get()
}
