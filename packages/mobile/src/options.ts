import type {
  AuthorizationExtension,
  ChallengeHandler,
  ConciergeError,
  FinishedLogin,
  Runtime,
  SenderConstraintFactory,
  ServerHabits,
  ServerMetadata,
} from '@oauth-concierge/core'
import type { Shell } from './shell.ts'

/** How an app is registered at its authorization server, what it is wrapped in, and what it may do. */
export interface MobileAuthOptions {
  /** The authorization server's issuer identifier, exactly as it calls itself. */
  readonly issuer: string
  /** A public client: there is no secret in an app that everybody can take apart. */
  readonly clientId: string
  /**
   * Where the authorization server sends the user back to; registered there to the letter. Best a claimed https link, which the system gives to
   * this app only; else a private-use scheme in reverse-DNS form (`com.example.app:/callback`).
   */
  readonly redirectUri: string
  /** What the app is wrapped in: `capacitorShell(…)`, `expoShell(…)`, `webShell()`, or one of your own. */
  readonly shell: Shell
  /** Where the user comes back to after a logout; registered there to the letter. Default: nowhere, the user closes the browser. */
  readonly postLogoutRedirectUri?: string
  /** Space-delimited. Default `openid profile`. */
  readonly scope?: string
  /** Origins that `auth.fetch` may send the access token to. Default: none. */
  readonly apis?: readonly string[]
  /** Logs in without the cookies of the system browser: no single sign-on, and nothing left to log out of. Default: false. */
  readonly ephemeral?: boolean
  /** JWS algorithms an ID token may be signed with. Default: every sound asymmetric one. */
  readonly idTokenAlgorithms?: readonly string[]
  /** How authorization requests are sent and answers read, if not the plain way: of `jwtResponse()` and `pushedAuthorization()` those wanted, in this order. */
  readonly authorization?: readonly AuthorizationExtension[]
  /** Binds the tokens to a key of this device: `dpop({ keys })`. Default: they serve whoever holds them. */
  readonly senderConstraint?: SenderConstraintFactory
  /** What `fetch` does when an API asks for a stronger login or more scope: `stepUp()`. Default: it hands the answer on. */
  readonly stepUp?: ChallengeHandler
  /** Ways of this server that no specification has, made by `serverHabits()`. Default: none. */
  readonly serverHabits?: ServerHabits
  /** The endpoints of a server that publishes no metadata. Default: what it publishes. */
  readonly metadata?: Partial<ServerMetadata>
  /**
   * Hears of a login that ended when no call of `login()` or `start()` waited for it any more, as after a dismissal that was none.
   * The session has changed by then; here is where the user was going, or what went wrong.
   */
  readonly onLateLogin?: (login: Promise<FinishedLogin>) => void
  /** Hears why a link that leads to `redirectUri` was not followed. It changed nothing: any app can send one. */
  readonly onIgnoredLink?: (why: ConciergeError) => void
  /**
   * Sends the ID token along in the address of the logout page, for servers that end no session without it. It then stands in the browser's
   * history and in the logs of proxies: a name and more, no credential. Default: it is left out, and most servers ask the user to confirm.
   */
  readonly unsafeIdTokenInLogoutUrl?: boolean
  /** Ports to replace, as in a test, or where the platform's own fetch cannot do without following redirects. */
  readonly runtime?: Partial<Runtime>
}
