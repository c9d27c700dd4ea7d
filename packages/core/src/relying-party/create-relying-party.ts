import { SessionError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { AuthorizationExtension } from '../protocol/authorization-extension.ts'
import type { Client } from '../protocol/client.ts'
import type { EndSessionRequest } from '../protocol/end-session.ts'
import { requestRevocation } from '../protocol/revocation.ts'
import { probeServer } from '../protocol/server-metadata.ts'
import type { TokenClient } from '../protocol/token-client.ts'
import { requestTokenByRefresh, type TokenResponse } from '../protocol/token-request.ts'
import { requestUserInfo, type UserInfo } from '../protocol/user-info.ts'
import { createLiveSession } from '../session/live-session.ts'
import type { RefreshContext } from '../session/refresh.ts'
import type { Renewal } from '../session/renewal.ts'
import type { Session } from '../session/session-state.ts'
import { createTokenVault } from '../session/token-vault.ts'
import { createTransactionStore } from '../session/transaction.ts'
import { createAuthorizedFetch, type Fetch } from './authorized-fetch.ts'
import { beginSession } from './begin-session.ts'
import { type FinishedLogin, finishLogin } from './callback.ts'
import type { ChallengeHandler } from './challenge-handler.ts'
import { type ClientOptions, readClient } from './client-options.ts'
import {
  createServerMemory,
  type RelyingPartyContext,
  type ServerMemory,
  type ServerOptions,
} from './context.ts'
import { type LoginOptions, type StartedLogin, startLogin } from './login.ts'
import { endSession, type LogoutOptions } from './logout.ts'

/** How a relying party is registered, and where it keeps things. */
export interface RelyingPartyOptions extends ClientOptions, ServerOptions {
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** Origins that the access token may be sent to. Default: none. */
  readonly apis?: readonly string[]
  /**
   * How authorization requests are sent and answers read, if not the plain way: of `jwtResponse()`, `signedRequest(signer)` and
   * `pushedAuthorization()` those wanted, in this order.
   */
  readonly authorization?: readonly AuthorizationExtension[]
  /**
   * For how long the server honours a refresh token once more after it was spent. Declare it only if you know it: a lost answer is then
   * asked for again at once. Default 0: a lost answer is asked for again only when nothing else serves.
   */
  readonly refreshTokenReuseWindow?: Seconds
  /** Where logins under way are written; it must outlive the trip to the authorization server. */
  readonly transactions: KeyValueStore
  /** Where the tokens are held. */
  readonly vault: KeyValueStore
  /** What `fetch` does when an API asks for a stronger login or more scope: `stepUp()`. Default: it hands the answer on. */
  readonly stepUp?: ChallengeHandler
  /**
   * What is known of the server, for any number of relying parties of the same client: made by `createTokenClient()`, it replaces `metadata` and
   * `issuerKind`. Default: each relying party learns it for itself.
   */
  readonly server?: TokenClient
}

/** Access tokens for one resource, and a fetch that uses them. */
export interface ResourceAccess {
  /**
   * An access token that serves, from memory while it is fresh.
   * @throws SessionError `login_required`, `session_expired`, `session_changed`; TransportError; ServerError; ProtocolError
   */
  getAccessToken(): Promise<string>
  readonly fetch: Fetch
  /** What both are made of, for those who send their requests themselves. */
  readonly renewal: Renewal
}

/** One relying party: the flows, without any idea of pages or devices. */
export interface RelyingParty extends ResourceAccess {
  readonly session: Session
  subscribe(listener: () => void): () => void
  /** Takes up the session that the vault holds, if it holds one. */
  restore(): Promise<Session>
  startLogin(options: LoginOptions & { readonly redirectUri: string }): Promise<StartedLogin>
  finishLogin(parameters: URLSearchParams): Promise<FinishedLogin>
  /**
   * Begins a session, in place of the one before, with tokens that this client had at the same issuer without a redirect,
   * such as those of `pollDeviceToken`. Where no scope is known of them, the configured one is taken.
   */
  beginSession(response: TokenResponse): Promise<void>
  /**
   * Access tokens for another resource, from the same refresh token: one family, however many resources.
   * @param resource an absolute URI, as the server knows the resource
   * @throws UsageError `refresh_token_required` when a token is asked for in a session without a refresh token
   * @see RFC 8707 section 2
   */
  for(resource: string, options?: { readonly scope?: string }): ResourceAccess
  /** @throws SessionError `login_required`; and as the UserInfo request does */
  userInfo(): Promise<UserInfo>
  /** Erases the session here and at the server; gives what the user agent still has to visit. */
  endSession(options?: LogoutOptions): Promise<EndSessionRequest | undefined>
}

/**
 * Wires the flows of one client at one authorization server. Does no I/O.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_issuer_mismatch`, `metadata_malformed` for `metadata` given by hand
 */
export function createRelyingParty(options: RelyingPartyOptions): RelyingParty {
  const context = createContext(options)
  const { client, session } = context
  const { apis = [], stepUp } = options
  return {
    get session() {
      return session.snapshot
    },
    subscribe: (listener) => session.subscribe(listener),
    restore: () => session.restore(),
    startLogin: (login) => startLogin(context, login),
    finishLogin: (parameters) => finishLogin(context, parameters),
    beginSession: (response) => beginSession(context, response, context.scope),
    ...createResourceAccess(context, session, { apis, stepUp }),
    for: (resource, { scope } = {}) => {
      const target = scope === undefined ? { resource } : { resource, scope }
      return createResourceAccess(context, session.for(target), { apis, stepUp })
    },
    userInfo: async () => {
      const { accessToken, boundTo } = await session.current()
      const claims = session.snapshot.status === 'authenticated' ? session.snapshot.claims : undefined
      if (!claims)
        throw new SessionError(
          'login_required',
          'This session has no ID token. Log in with the scope openid.',
        )
      const metadata = await context.metadata()
      const endpoint = { client, metadata, keySet: context.keySet }
      return requestUserInfo(endpoint, { accessToken, subject: claims.sub, boundTo })
    },
    endSession: (logout) => endSession(context, logout),
  }
}

function createResourceAccess(
  context: RelyingPartyContext,
  renewal: Renewal,
  { apis, stepUp }: { readonly apis: readonly string[]; readonly stepUp: ChallengeHandler | undefined },
): ResourceAccess {
  return {
    renewal,
    getAccessToken: async () => (renewal.peek() ?? (await renewal.current())).accessToken,
    fetch: createAuthorizedFetch(context, renewal, { apis, handle: stepUp }),
  }
}

function createContext(options: RelyingPartyOptions): RelyingPartyContext {
  const client = readClient(options)
  const { clock } = client.runtime
  const server = options.server ? sharedMemory(options.server) : createServerMemory(client, options)
  return {
    client,
    clock,
    scope: options.scope ?? 'openid profile',
    extensions: options.authorization ?? [],
    transactions: createTransactionStore(options.transactions, storageKey('logins', client), clock),
    session: createLiveSession(createRefreshContext(client, server, options)),
    ...server,
  }
}

/** Others ask the server as well, so nothing is taken over from a transaction that one of them wrote. */
function sharedMemory({ keySet, metadata }: TokenClient): ServerMemory {
  return { keySet, metadata, learnMetadata: () => undefined }
}

function createRefreshContext(
  client: Client,
  server: ServerMemory,
  options: RelyingPartyOptions,
): RefreshContext {
  const { keySet } = server
  return {
    runtime: client.runtime,
    lockName: storageKey('refresh', client),
    vault: createTokenVault(options.vault, storageKey('tokens', client)),
    reuseWindow: options.refreshTokenReuseWindow ?? 0,
    prepare: async () => void (await server.metadata()),
    request: async (refreshToken, use) =>
      requestTokenByRefresh({ client, keySet, metadata: await server.metadata() }, refreshToken, use),
    probe: async () => probeServer(client, await server.metadata()),
    discard: async (refreshToken) => {
      await requestRevocation(client, await server.metadata(), refreshToken, 'refresh_token')
    },
  }
}

/** Two applications on one origin, or one at two servers, never meet in a store. */
function storageKey(kind: string, { issuer, clientId }: Client): string {
  return `concierge:${kind}:${clientId}@${issuer}`
}
