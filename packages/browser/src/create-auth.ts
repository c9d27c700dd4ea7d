import {
  type AuthorizationExtension,
  type ChallengeHandler,
  checkReturnTo,
  createMemoryStore,
  createRelyingParty,
  type FinishedLogin,
  type LoginOptions,
  type LogoutOptions,
  ProtocolError,
  readReturnTo,
  type RelyingParty,
  type Runtime,
  type SenderConstraintFactory,
  type SessionSource,
  UsageError,
  type UserInfo,
} from '@oauth-concierge/core'
import { takeCallback } from './callback-address.ts'
import { createLogoutReturn, type LogoutReturn } from './logout-return.ts'
import { redirectUserAgent } from './redirect-user-agent.ts'
import { createWebStorageStore } from './web-storage-store.ts'

/** How a single-page app is registered at its authorization server, and what it may do. */
export interface AuthOptions {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  /** A public client: there is no secret in a browser. */
  readonly clientId: string
  /** Where the authorization server sends the user back to; registered there to the letter. Default: the root of the page's origin. */
  readonly redirectUri?: string
  /** Where the user comes back to after a logout; registered there to the letter. Default: the root of the page's origin. */
  readonly postLogoutRedirectUri?: string
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** Origins that `auth.fetch` may send the access token to. Default: none. */
  readonly apis?: readonly string[]
  /** JWS algorithms an ID token may be signed with. Default: every sound asymmetric one. */
  readonly idTokenAlgorithms?: readonly string[]
  /**
   * How authorization requests are sent and answers read, if not the plain way: of `jwtResponse()` and `pushedAuthorization()` those
   * wanted, in this order.
   */
  readonly authorization?: readonly AuthorizationExtension[]
  /** Binds the tokens to a key of this browser: `dpop({ keys })`. Default: they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraintFactory
  /** What `fetch` does when an API asks for a stronger login or more scope: `stepUp()`. Default: it hands the answer on. */
  readonly stepUp?: ChallengeHandler
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Runtime>
}

/** The session of a single-page app. */
export interface Auth extends SessionSource {
  /**
   * An access token that serves, from memory while it is fresh. Prefer `fetch`, which never lets the token out of sight.
   * @throws SessionError `login_required`, `session_expired`; TransportError; ServerError; ProtocolError
   */
  getAccessToken(): Promise<string>
  /** What the authorization server says of the user. @throws SessionError; UsageError `not_supported_by_server`; ProtocolError `user_info_invalid`; TransportError */
  userInfo(): Promise<UserInfo>
}

/**
 * Login for a single-page app: authorization code flow with PKCE by redirect, tokens in the page's memory.
 * Construction does nothing but check its options, on a server as well.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 */
export function createAuth(options: AuthOptions): Auth {
  refuseSecret(options)
  const { redirectUri: _, postLogoutRedirectUri: __, ...rest } = options
  const transactions = createWebStorageStore(() => window.sessionStorage)
  const relyingParty = createRelyingParty({ ...rest, transactions, vault: createMemoryStore() })
  const logouts = createLogoutReturn(transactions, options)
  let started: Promise<FinishedLogin> | undefined
  return {
    get session() {
      return relyingParty.session
    },
    subscribe: relyingParty.subscribe,
    start: () => (started ??= start(relyingParty, options, logouts)),
    login: (login) => startLogin(relyingParty, options, login),
    fetch: relyingParty.fetch,
    getAccessToken: relyingParty.getAccessToken,
    userInfo: relyingParty.userInfo,
    logout: (logout) => leave(relyingParty, options, logouts, logout),
  }
}

function refuseSecret(options: object): void {
  const secret = ['clientSecret', 'client_secret', 'clientAuthentication'].find((name) => name in options)
  if (secret) {
    throw new UsageError(
      'invalid_configuration',
      `${secret} has no place in a browser: everybody can read it. Register a public client.`,
    )
  }
}

/** @throws UsageError `not_in_browser` */
function pageOrigin(): string {
  if (typeof window === 'undefined') {
    throw new UsageError(
      'not_in_browser',
      'start(), login() and logout() need a page. Call them in the browser only.',
    )
  }
  return window.location.origin
}

const rootOf = (origin: string): string => `${origin}/`

/** The address is read and cleaned before the first wait, so nothing that runs later can see the code. */
async function start(
  relyingParty: RelyingParty,
  options: AuthOptions,
  logouts: LogoutReturn,
): Promise<FinishedLogin> {
  const origin = pageOrigin()
  const parameters = takeCallback(options.redirectUri ?? rootOf(origin))
  if (!parameters) {
    await logouts.finish()
    await relyingParty.restore()
    return {}
  }
  try {
    const finished = await relyingParty.finishLogin(parameters)
    return goBack(finished, origin)
  } catch (error) {
    await relyingParty.restore()
    if (error instanceof ProtocolError && error.code === 'callback_replayed') return {}
    throw error
  }
}

/** Checked again here: what a store gives back may have been edited there. */
function goBack({ returnTo, ...finished }: FinishedLogin, origin: string): FinishedLogin {
  const path = returnTo === undefined ? undefined : readReturnTo(returnTo, origin)
  if (path === undefined) return finished
  window.history.replaceState(window.history.state, '', path)
  return { ...finished, returnTo: path }
}

async function startLogin(
  relyingParty: RelyingParty,
  options: AuthOptions,
  login: LoginOptions = {},
): Promise<void> {
  const origin = pageOrigin()
  const { pathname, search, hash } = window.location
  const returnTo = checkReturnTo(login.returnTo ?? `${pathname}${search}${hash}`, origin)
  const redirectUri = options.redirectUri ?? rootOf(origin)
  const { url } = await relyingParty.startLogin({ ...login, returnTo, redirectUri })
  await redirectUserAgent.authorize(url)
}

async function leave(
  relyingParty: RelyingParty,
  options: AuthOptions,
  logouts: LogoutReturn,
  logout: LogoutOptions = {},
): Promise<void> {
  const postLogoutRedirectUri = options.postLogoutRedirectUri ?? rootOf(pageOrigin())
  const request = await relyingParty.endSession({ postLogoutRedirectUri, ...logout })
  if (!request) return
  await logouts.begin(request.state)
  await redirectUserAgent.endSession(request.endpoint, request.parameters)
}
