import type {
  AuthorizationOptions,
  AuthorizationExtension,
  ClientAuthentication,
  ClientOptions,
  ConciergeError,
  Seconds,
  ServerOptions,
} from '@oauth-concierge/core'
import type { ApiOptions } from './proxy/api-options.ts'
import type { SessionStore } from './sessions/session-store.ts'

/** How a BFF is registered at its authorization server, where it is served, and what it may do. */
export interface BffOptions extends ClientOptions, ServerOptions {
  /** How it proves itself: a BFF is a confidential client. `publicClient()` where the server knows it as a public one. */
  readonly clientAuthentication: ClientAuthentication
  /** The origin that browsers see, such as `https://app.example.com`. It is never read from a request. Plain http on loopback only, and then with `warn`. */
  readonly origin: string
  /** Below which path everything is served. Default `/auth`. `<origin><base>/callback` is the redirect URI to be registered. */
  readonly base?: string
  /** Space-delimited. Default `openid profile`. Add what makes the server give refresh tokens, often `offline_access`. */
  readonly scope?: string
  /** What every login asks of the server; a link may ask otherwise. Default: nothing. */
  readonly login?: AuthorizationOptions
  /** The APIs that the page may call, by the name they have in the path: `<base>/api/<name>/…`. Default: none. */
  readonly apis?: Readonly<Record<string, ApiOptions>>
  /** Where sessions are kept. Default: `memory()`. */
  readonly sessions?: SessionStore
  readonly lifetimes?: Lifetimes
  readonly cookies?: CookieOptions
  /** What the session route answers with where nobody is logged in. Default 200. */
  readonly anonymousStatus?: 200 | 401
  /** Where the authorization server sends the user after a logout; registered there to the letter. Default `<origin><base>/logged-out`. */
  readonly postLogoutRedirectUri?: string
  /** A page of the application for a login that failed; it is given the code as `?error=…`. Default: a small page of our own. */
  readonly failedLoginPath?: string
  /** As in a relying party: of `jwtResponse()`, `signedRequest(signer)` and `pushedAuthorization()` those wanted, in this order. */
  readonly authorization?: readonly AuthorizationExtension[]
  /** As in a relying party: for how long the server honours a spent refresh token once more. Default 0. */
  readonly refreshTokenReuseWindow?: Seconds
  /**
   * Where the platform ends a program with its answer: takes work that goes on beside one, such as a revocation (at most some seconds).
   * That is `waitUntil` of `cloudflare:workers` or `@vercel/functions`, or `after` of `next/server`. Default: the process lives on by itself.
   */
  readonly waitUntil?: (work: Promise<unknown>) => void
  /** Is told at construction what is weaker than it could be, in words for a person. */
  readonly warn?: (warning: string) => void
  /** Is told of each failure that ended in an answer of the BFF's own, for a log. An error holds no secret. */
  readonly onError?: (error: ConciergeError) => void
}

/** How long a session lasts. Keep both below the life of a refresh token at the server. */
export interface Lifetimes {
  /** Without any request. Default 8 hours. */
  readonly rolling?: Seconds
  /** In all, whatever happens. Default 24 hours. */
  readonly absolute?: Seconds
}

/** How the session cookie is set. */
export interface CookieOptions {
  /** Letters, digits and hyphens; `__Host-` goes in front. Default `concierge`. */
  readonly name?: string
  /**
   * `lax` lets pages that are rendered on the server know the user at the first click from another site. Scripts are kept from other sites by
   * a header in any case. Default `strict`.
   */
  readonly sameSite?: 'strict' | 'lax'
}
