import {
  type FinishedLogin,
  type LoginOptions,
  type SessionSource,
  UsageError,
  type UserInfo,
} from '@oauth-concierge/core'
import { logIn } from './log-in.ts'
import { logOut } from './log-out.ts'
import { createMobileContext } from './mobile-context.ts'
import { once } from './once.ts'
import type { MobileAuthOptions } from './options.ts'
import { checkRedirectUri } from './redirect-uri.ts'
import { start as startOnce } from './start.ts'

/** The session of an app. */
export interface MobileAuth extends SessionSource {
  /**
   * Finishes the login that the app was started to finish, if it was: the system may have ended the app while the user was in the browser. Else
   * restores the session. From then on links are followed whenever they come. Safe to call more than once, and again after a failure.
   * @throws UsageError `crypto_missing`; StorageError; and as a login that fails does
   */
  start(): Promise<FinishedLogin>
  /**
   * Logs in by the external user agent. Settles when the login has ended; the latest call wins over one that still waits.
   * @throws SessionError `login_dismissed` when the user closed the browser (should the answer come all the same, it counts: see `onLateLogin`);
   * UsageError `user_agent_failed`, `crypto_missing`; ServerError; ProtocolError; TransportError; StorageError
   */
  login(options?: LoginOptions): Promise<void>
  /**
   * An access token that serves, from memory while it is fresh. Prefer `fetch`, which never lets the token out of sight.
   * @throws SessionError `login_required`, `session_expired`; TransportError; ServerError; ProtocolError
   */
  getAccessToken(): Promise<string>
  /** What the authorization server says of the user. @throws SessionError; UsageError `not_supported_by_server`; ProtocolError `user_info_invalid`; TransportError */
  userInfo(): Promise<UserInfo>
  /** Listens to the shell no longer. The session stays where it is. */
  close(): void
}

/**
 * Login for an app in a shell: authorization code flow with PKCE in an external user agent, the answer by deep link, logins under way and tokens
 * in the device's own storage. Construction does nothing but check its options.
 * @throws UsageError `invalid_configuration`, `insecure_url`
 * @see RFC 8252
 */
export function createMobileAuth(options: MobileAuthOptions): MobileAuth {
  checkOptions(options)
  const context = createMobileContext(options)
  const { relyingParty } = context
  const start = once(() => startOnce(context))
  return {
    get session() {
      return relyingParty.session
    },
    subscribe: relyingParty.subscribe,
    start,
    login: (login) => logIn(context, login),
    fetch: relyingParty.fetch,
    getAccessToken: relyingParty.getAccessToken,
    userInfo: relyingParty.userInfo,
    logout: (logout) => logOut(context, logout),
    close: context.arrivals.close,
  }
}

function checkOptions(options: MobileAuthOptions): void {
  const secret = ['clientSecret', 'client_secret', 'clientAuthentication'].find((name) => name in options)
  if (secret) {
    throw new UsageError(
      'invalid_configuration',
      `${secret} has no place in an app: everybody can take it apart. Register a public client.`,
    )
  }
  const { agent } = options.shell
  if (agent !== 'external' && agent !== 'page') {
    throw new UsageError(
      'invalid_configuration',
      'The shell must open an external user agent. In a web view of its own an app could read the password, and the user cannot tell whose page it is.',
    )
  }
  checkRedirectUri(options.redirectUri, agent)
  if (options.postLogoutRedirectUri !== undefined)
    checkRedirectUri(options.postLogoutRedirectUri, agent, 'postLogoutRedirectUri')
}
