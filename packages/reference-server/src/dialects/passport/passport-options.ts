/** What only a server of the dialect `passport` can be told. */
export interface PassportOptions {
  /** Switches the password grant on. Default: off. */
  readonly passwordGrant?: boolean
  /** How a dead refresh token is refused: `older` with `invalid_request` 401, `newer` with `invalid_grant` 400. Default: `newer`. */
  readonly generation?: 'older' | 'newer'
  /** How many token requests are answered within how many seconds; more get 429. Default: any number. */
  readonly throttle?: { readonly requests: number; readonly seconds: number }
  /** The scheme that the server takes itself to have behind a TLS proxy: that of `issuer` and `iss`, while the endpoints keep their own. */
  readonly issuerScheme?: 'http' | 'https'
  /** Writes `iat`, `exp` and `nbf` without a fraction. Default: with microseconds. */
  readonly wholeSeconds?: boolean
  /** Gives keys and tokens a `kid`. Default: none. */
  readonly keyIds?: boolean
  /** Further members of the ID tokens' `aud`, beside the client id. Default: none; `aud` is an array of one. */
  readonly furtherAudiences?: readonly string[]
  /** Announces revocation, introspection, userinfo and public clients too. Default: a short document. */
  readonly fullDiscovery?: boolean
}
