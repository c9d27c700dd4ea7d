import type { EpochSeconds, Fetch } from '@oauth-concierge/core'

/** What a token is asked for. What is left out is what the source was made with. */
export interface TokenTarget {
  /** Space-delimited, or as a list. The order does not matter. */
  readonly scope?: string | readonly string[]
  /** Where the token will be used, by its name at the server. Sent as `audience`. */
  readonly audience?: string
  /** Where the token will be used, by its address. @see RFC 8707 section 2 */
  readonly resource?: string | readonly string[]
}

/** An access token, and what the server says of it. */
export interface AccessToken {
  readonly accessToken: string
  readonly tokenType: 'bearer' | 'dpop'
  /** By this machine's clock. Of machines, a server that does not say is taken to mean five minutes; of a user's login, no end. */
  readonly expiresAt: EpochSeconds
  /** Space-delimited, as granted; empty where it is not known. */
  readonly scope: string
}

/** How one caller may stop waiting. */
export interface WaitOptions {
  /** Only this caller stops, with the signal's reason: the others go on waiting for the same answer. */
  readonly signal?: AbortSignal
}

/** Gives access tokens, each as fresh as it needs to be. */
export interface TokenSource {
  /**
   * An access token that serves: from memory while it is fresh; renewed before its end while it still serves; else by one exchange for any
   * number of callers, over all sources of the same credential in this process.
   * @throws ServerError `assertion_refused`, `request_refused`; TransportError; ProtocolError, with `clock_skew` where this machine's clock is
   * wrong; UsageError, with `source_disposed` after `dispose()`; the signal's reason
   */
  getAccessToken(options?: WaitOptions): Promise<string>
  /** The same, with what the server says of the token. */
  getToken(options?: WaitOptions): Promise<AccessToken>
  /**
   * Like the global fetch, with the token attached, for the declared APIs only. A 401 with `invalid_token` leads to one new token and one
   * replay. Redirects are refused, lest the token follow them.
   * @throws UsageError `api_not_declared`; TransportError; and as `getAccessToken()` does
   */
  readonly fetch: Fetch
  /** Lets go of what the source holds. Tokens go on serving other sources of the same credential. */
  dispose(): void
}
