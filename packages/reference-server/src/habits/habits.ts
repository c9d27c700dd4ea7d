/**
 * Departures from a dialect that servers in the field have shown. Each is off unless it is set. What a whole
 * dialect does anyway (such as raw Basic credentials in `gluu`) need not be set for it.
 */
export interface Habits {
  /** How the two halves of HTTP Basic are read: form-decoded (RFC 6749 section 2.3.1), as they are, or both. */
  readonly basicCredentials?: 'form_encoded' | 'raw' | 'either'
  /** `token_type` of token answers: another spelling, or none. */
  readonly tokenType?: 'Bearer' | 'bearer' | 'absent'
  /** Members of token answers that are left out, such as `expires_in` or `scope`. */
  readonly omitFromTokenResponse?: readonly string[]
  /** Scopes that are never given, and silently. */
  readonly withheldScopes?: readonly string[]
  /**
   * Where metadata is found: under one well-known form alone, behind a 301, an HTML page with status 200 in
   * its place, or nowhere.
   */
  readonly metadata?: 'openid_only' | 'oauth_only' | 'moved' | 'html' | 'none'
  /** `iss` of authorization responses: sent though not announced, announced though not sent, or neither. */
  readonly responseIssuer?: 'unannounced' | 'only_announced' | 'neither'
  /** Error redirects come without `state`. */
  readonly errorsWithoutState?: boolean
  /** `prompt=none` is answered with a page. */
  readonly promptNoneShowsPage?: boolean
  /** CORS at the token endpoint: none, for simple requests only, or not on errors. */
  readonly tokenEndpointCors?: 'none' | 'simple' | 'not_on_errors'
  /** ID tokens of confidential clients are signed with the client secret. */
  readonly hmacIdTokens?: boolean
  /** `auth_time` of every ID token, such as 0. */
  readonly authTime?: number
  /** The nonce is lost when the consent page is shown. */
  readonly losesNonceOnConsent?: boolean
  /** A wrong `code_verifier`, or none, is accepted. */
  readonly acceptsAnyCodeVerifier?: boolean
  /** The revocation of an unknown token is answered with 400. */
  readonly refusesUnknownRevocation?: boolean
  /** Introspection, where the dialect has it, says that everything is active. */
  readonly introspectsEverythingActive?: boolean
}
