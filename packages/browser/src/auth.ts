import type { SessionSource, UserInfo } from '@oauth-concierge/core'
import type { ResourceTokens } from './engine.ts'
import type { Report } from './explain.ts'

/** The session of a single-page app. */
export interface Auth extends SessionSource {
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
