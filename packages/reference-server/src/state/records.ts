import type { EpochSeconds } from '../options.ts'
import type { Guard } from '../guards.ts'
import type { Parameters } from '../http/parameters.ts'
import type { Client, User } from '../settings.ts'

/** How the authorization response travels back. */
export type PlainResponseMode = 'query' | 'fragment' | 'form_post'

/** The response modes, those of JARM among them. @see JWT Secured Authorization Response Mode section 2.3 */
export type ResponseMode = PlainResponseMode | 'jwt' | `${PlainResponseMode}.jwt`

/** One entry of `authorization_details`: fine-grained rights of one type. @see RFC 9396 section 2 */
export interface AuthorizationDetail {
  readonly type: string
  readonly [member: string]: unknown
}

/** The claims asked for one by one, by name. @see OpenID Connect Core 1.0 section 5.5 */
export interface RequestedClaims {
  readonly userinfo: readonly string[]
  readonly idToken: readonly string[]
}

/** How a code challenge is made of its verifier. @see RFC 7636 section 4.2 */
export type CodeChallengeMethod = 'S256' | 'plain'

/** Where an authorization response may be sent: the part of a request that must be right before anything is redirected. */
export interface ReturnAddress {
  readonly client: Client
  readonly redirectUri: string
  /** False where the request left it out and the client has only one. */
  readonly namedRedirectUri: boolean
  readonly responseMode: ResponseMode
  readonly state: string | undefined
}

/** A checked authorization request. */
export interface AuthorizationRequest extends ReturnAddress {
  readonly responseType: string
  readonly scopes: readonly string[]
  /** Absent where a confidential client did without PKCE. */
  readonly codeChallenge: string | undefined
  readonly codeChallengeMethod: CodeChallengeMethod | undefined
  readonly nonce: string | undefined
  readonly prompts: readonly string[]
  readonly maxAge: number | undefined
  readonly loginHint: string | undefined
  /** The subject named by `id_token_hint` or `claims`, if there was one. */
  readonly hintedSubject: string | undefined
  readonly acrValues: readonly string[]
  /** Thumbprint of the DPoP key that the code is bound to. */
  readonly dpopJkt: string | undefined
  readonly claims: RequestedClaims
  /** The resources whose servers the tokens are for. @see RFC 8707 section 2 */
  readonly resources: readonly string[]
  readonly authorizationDetails: readonly AuthorizationDetail[]
  /** The request as it arrived. */
  readonly asked: Parameters
}

/** A user logged in at the server in one browser. */
export interface Login {
  /** Public name of this login, the `sid` claim. */
  readonly sid: string
  readonly user: User
  readonly authTime: EpochSeconds
  /** The authentication context class that this login reached; absent where none was asked for. */
  readonly acr: string | undefined
}

/** One browser, known by its session cookie. The cookie's value changes at each login; this object stays. */
export interface Browser {
  /** The guard whose session this is. */
  readonly guard: Guard
  cookie: string
  login: Login | undefined
}

/** An authorization request waiting for the user. */
export interface Interaction {
  readonly id: string
  readonly request: AuthorizationRequest
  readonly browser: Browser
  /** Hidden field of the interaction's forms. */
  readonly formToken: string
  /** True once the user has logged in for this very request. */
  freshLogin: boolean
  /** True once the user has consented to this very request. */
  freshConsent: boolean
}

/** A logout waiting for the user's word. */
export interface LogoutInteraction {
  readonly id: string
  readonly browser: Browser
  readonly formToken: string
  /** Where to go afterwards, checked already. */
  readonly returnTo: string | undefined
}

/** The `act` claim: who acts now, and inside it who did before. @see RFC 8693 section 4.1 */
export interface ActorClaim {
  readonly sub: string
  readonly act?: ActorClaim
}

/** What was granted to one client at one time. All tokens that come from it are one family. */
export interface TokenFamily {
  readonly id: string
  readonly client: Client
  readonly subject: string
  /** The login behind it; absent where no user took part. */
  readonly login: Login | undefined
  readonly scopes: readonly string[]
  /** Who acts for the subject. */
  readonly actor: ActorClaim | undefined
  /** Thumbprint of the DPoP key that its refresh tokens are bound to, which only those of public clients are. */
  readonly jkt: string | undefined
  /** The resources that tokens may be asked for; where there are none, any the server knows. */
  readonly resources: readonly string[]
  readonly authorizationDetails: readonly AuthorizationDetail[]
  readonly claims: RequestedClaims
  /** The authorization or token request that it began with. */
  readonly asked: Parameters
  revoked: boolean
}

/** An authorization code. It is kept after use, so that a replay can be told from a wrong code. */
export interface CodeRecord {
  readonly request: AuthorizationRequest
  readonly login: Login
  readonly expiresAt: EpochSeconds
  /** The family issued from the code, once it is spent. */
  spentFor: TokenFamily | undefined
}

export interface AccessTokenRecord {
  readonly id: string
  readonly family: TokenFamily
  readonly scopes: readonly string[]
  /** Thumbprint of the DPoP key that the token is bound to. */
  readonly jkt: string | undefined
  readonly audience: readonly string[]
  readonly authorizationDetails: readonly AuthorizationDetail[]
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
  revoked: boolean
}

export interface RefreshTokenRecord {
  readonly id: string
  readonly family: TokenFamily
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
  spentAt: EpochSeconds | undefined
  /** True once the spent token was honoured a second time, inside the grace window. */
  graceUsed: boolean
}

/** What is kept of a client's own registration. */
export interface Registration {
  readonly client: Client
  readonly registrationAccessToken: string
  readonly issuedAt: EpochSeconds
}
