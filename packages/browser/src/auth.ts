import type { LoginOptions as CommonOptions, SessionSource, UserAgent, UserInfo } from '@oauth-concierge/core'
import type { ResourceTokens } from './engine.ts'
import type { Report } from './explain.ts'

/** What a login may be told. */
export interface LoginOptions extends CommonOptions {
  /** Where the user logs in this time, in place of the `userAgent` of the page. */
  readonly userAgent?: UserAgent
  /** Gives up a login that does not leave the page, and closes its window: `login()` rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The session of a single-page app. */
export interface Auth extends SessionSource {
  /**
   * Logs in: by leaving the page, or beside it where the user agent is `popup()` or `iframe()`. Beside the page the promise resolves once the session
   * is there; the address stays as it is, and `returnTo` and `appState` mean nothing.
   * @throws UsageError `return_to_not_same_origin`, `login_loop`, `invalid_configuration`, `frame_not_possible`, `not_in_browser`; TransportError
   * `popup_blocked` and others; SessionError `login_dismissed`; ServerError; ProtocolError; StorageError; the reason of `signal`
   */
  login(options?: LoginOptions): Promise<void>
  /**
   * An access token that serves, from memory while it is fresh. Prefer `fetch`, which never lets the token out of sight.
   * @throws SessionError `login_required`, `session_expired`; TransportError; ServerError; ProtocolError
   */
  getAccessToken(): Promise<string>
  /**
   * Access tokens for another resource, from the same refresh token: one family, however many resources.
   * @param resource an absolute URI, as the server knows the resource
   * @throws UsageError `refresh_token_required` when a token is asked for in a session without a refresh token
   * @see RFC 8707 section 2
   */
  for(resource: string, options?: { readonly scope?: string }): ResourceTokens
  /** What the authorization server says of the user. @throws SessionError; UsageError `not_supported_by_server`; ProtocolError `user_info_invalid`; TransportError */
  userInfo(): Promise<UserInfo>
  /** What this page can tell of itself for a bug report: its options, its session, what the browser has, what happened. It holds no secret. */
  explain(): Promise<Report>
  /** Stops listening to other tabs and to the page. The session goes on. */
  close(): void
}
