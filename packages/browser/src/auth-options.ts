import {
  type AuthorizationExtension,
  type ChallengeHandler,
  type Runtime,
  type SenderConstraintFactory,
  type ServerMetadata,
  UsageError,
  type UserAgent,
} from '@oauth-concierge/core'
import type { AuthEvent } from './events.ts'
import type { PageAddresses } from './page.ts'

/** How a single-page app is registered at its authorization server, and what it may do. */
export interface AuthOptions extends PageAddresses {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  /** A public client: there is no secret in a browser. */
  readonly clientId: string
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** Origins that `auth.fetch` may send the access token to. Default: none. */
  readonly apis?: readonly string[]
  /** JWS algorithms an ID token may be signed with. Default: every sound asymmetric one. */
  readonly idTokenAlgorithms?: readonly string[]
  /** The endpoints, in the words of RFC 8414, of a server that publishes no metadata. Default: the metadata that it publishes. */
  readonly metadata?: Partial<ServerMetadata>
  /** For how many seconds the server is known to honour a refresh token once more after it was spent. Default 0. */
  readonly refreshTokenReuseWindow?: number
  /**
   * How authorization requests are sent and answers read, if not the plain way: of `jwtResponse()` and `pushedAuthorization()` those
   * wanted, in this order.
   */
  readonly authorization?: readonly AuthorizationExtension[]
  /** Binds the tokens to a key of this browser: `dpop({ keys })`. Default: they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraintFactory
  /** What `fetch` does when an API asks for a stronger login or more scope: `stepUp()`. Default: it hands the answer on. */
  readonly stepUp?: ChallengeHandler
  /** Where the user logs in: `popup()`. Default: this page goes there and comes back. */
  readonly userAgent?: UserAgent
  /**
   * How the user is taken to the server's logout. `post`, the default: by a form, with the ID token as a hint. `get`: by an address, without it,
   * for servers that take no form; some of them ask the user first then.
   * @see OpenID Connect RP-Initiated Logout 1.0 section 2
   */
  readonly logoutBy?: 'post' | 'get'
  /**
   * What `start()` does with an answer whose login is not known here any more, as when its storage was cleared on the way. `restart`, the default:
   * one new login to where the user was going, where that is known; else, and with `throw`, the error `callback_state_unknown`. `ignore`: nothing.
   */
  readonly onOrphanCallback?: 'restart' | 'ignore' | 'throw'
  /** Sees what happens: requests, locks, redirects, news of other tabs. No event holds a secret. */
  readonly onEvent?: (event: AuthEvent) => void
  /** Ports to replace, as in a test. */
  readonly runtime?: Partial<Runtime>
}

/** @throws UsageError `invalid_configuration` where a secret was given */
export function refuseSecret(options: object): void {
  const secret = ['clientSecret', 'client_secret', 'clientAuthentication'].find((name) => name in options)
  if (secret) {
    throw new UsageError(
      'invalid_configuration',
      `${secret} has no place in a browser: everybody can read it. Register a public client.`,
    )
  }
}
