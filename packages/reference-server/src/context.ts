import type { JWTPayload } from 'jose'
import type { DpopNonces } from './dpop/dpop-nonces.ts'
import type { Parameters, ReceivedParameters } from './http/parameters.ts'
import type { Guard } from './guards.ts'
import type { OAuthError } from './http/oauth-error.ts'
import type { ClientAuthenticationName, EpochSeconds, ReferenceServerOptions } from './options.ts'
import type { Client, ProtectedResource, Settings } from './settings.ts'
import type { BackgroundWork } from './state/background-work.ts'
import type { ServerClock } from './state/clock.ts'
import type { KeyRing } from './state/key-ring.ts'
import type { LedgerRequest, LedgerWriter } from './state/ledger.ts'
import type {
  AuthorizationDetail,
  AuthorizationRequest,
  CodeChallengeMethod,
  Login,
  TokenFamily,
} from './state/records.ts'
import type { Stores } from './state/stores.ts'

/** All that a handler works with: one server. */
export interface ServerContext {
  readonly settings: Settings
  readonly dialect: Dialect
  readonly clock: ServerClock
  readonly keys: KeyRing
  readonly stores: Stores
  readonly dpopNonces: DpopNonces
  /** The next secret: the value of a token, a code or a cookie. */
  readonly newSecret: () => string
  readonly background: BackgroundWork
  readonly ledger: LedgerWriter
}

/** One request being answered. */
export interface Call {
  readonly context: ServerContext
  readonly request: Request
  /** The query's parameters for GET, the form's for POST; read once, noted in the ledger. */
  readonly received: ReceivedParameters
  /** This request's line in the ledger, still open. */
  readonly entry: LedgerRequest
}

/** One endpoint: where it is, whom it serves, and what it does. */
export interface Endpoint {
  /** Its name in the ledger. */
  readonly name: string
  /** Path below the issuer. */
  readonly path: string
  /** `origin` makes the path start at the issuer's origin instead. */
  readonly below?: 'issuer' | 'origin'
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'DELETE')[]
  /** What a POST carries. Default: `form`. With `other` the endpoint reads the body itself. */
  readonly body?: 'form' | 'other'
  /** The metadata member that announces its URL, if one does. @see RFC 8414 section 2 */
  readonly metadata?: string
  /** Which web origins may call it by script: those of clients, any, or none. */
  readonly origins: 'clients' | 'any' | 'none'
  /** What of that a browser is told: `simple` answers no preflight. Default: `full`. */
  readonly cors?: 'full' | 'simple' | 'not_on_errors'
  /** Sent with each of its answers, also with errors. */
  readonly headers?: Readonly<Record<string, string>>
  /** The form that its errors take. */
  readonly speaks: 'json' | 'html'
  readonly handle: (call: Call) => Promise<Response>
}

/** A token request whose client is known. */
export interface TokenRequest {
  readonly call: Call
  readonly client: Client
  readonly parameters: Parameters
  /** Thumbprint of the DPoP key that the request proves; undefined where it proves none. */
  readonly jkt: string | undefined
}

/** Answers one `grant_type`. */
export type Grant = (request: TokenRequest) => Promise<IssuedTokens>

/** Finds the client of a token request that shows no client credentials, but whose grant names it. */
export type ClientOfGrant = (call: Call, parameters: Parameters) => Client | undefined

/** What a client showed of itself in a request. */
export interface PresentedClient {
  readonly clientId: string
  /**
   * Says whether what was shown proves the client.
   *
   * @throws OAuthError `invalid_client` with the reason, where one can be told
   */
  readonly prove: (client: Client, call: Call) => Promise<boolean>
}

/** Reads what a client shows by one method; undefined where the request does not use it. */
export type ClientAuthenticationMethod = (
  request: Request,
  parameters: Parameters,
) => PresentedClient | undefined

/** What a token is to say. */
export interface TokenFacts {
  readonly family: TokenFamily
  readonly scopes: readonly string[]
  /** Thumbprint of the DPoP key that the token is bound to. */
  readonly jkt: string | undefined
  /** `aud`: the resources asked for, or else the client's audience. */
  readonly audience: readonly string[]
  readonly authorizationDetails: readonly AuthorizationDetail[]
  readonly id: string
  readonly issuedAt: EpochSeconds
  readonly expiresAt: EpochSeconds
}

/** What an ID token is to say. */
export interface IdTokenFacts extends TokenFacts {
  readonly nonce: string | undefined
  readonly accessToken: string
}

/** A successful token answer before it takes its wire form. */
export interface IssuedTokens {
  readonly accessToken: string
  readonly tokenType: 'Bearer' | 'DPoP'
  readonly expiresIn: number
  readonly scopes: readonly string[]
  /** The answer to a token exchange says what it gave. @see RFC 8693 section 2.2.1 */
  readonly issuedTokenType?: string
  readonly authorizationDetails?: readonly AuthorizationDetail[]
  /** The `scope` that the client asked for, which may be more than it got. */
  readonly askedScope: string | undefined
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
  /** Members that only this answer has. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** One `response_type`: the grant that a client must be registered for, and what answers it. */
export interface ResponseType {
  readonly grantType: string
  readonly answer: (call: Call, request: AuthorizationRequest, login: Login) => Promise<Response>
}

/** Why a refresh token is refused. */
export type RefreshTokenFault = 'unknown' | 'revoked' | 'used'

/**
 * How a server speaks: everything in which deployments differ on the wire.
 * Another dialect is a copy of `standard` with some members replaced.
 */
export interface Dialect {
  readonly name: string
  /** What a server of this dialect is set to where its options say nothing. */
  readonly defaults: Partial<ReferenceServerOptions>
  readonly endpoints: readonly Endpoint[]
  /** False where `DPoP` headers are not looked at. */
  readonly dpop: boolean
  /** The endpoints of a small API that the server serves itself, to be called with its tokens. */
  readonly buildResourceEndpoints: (resource: ProtectedResource) => readonly Endpoint[]
  /** Its login pages, each with a session of its own. */
  readonly guards: readonly [Guard, ...Guard[]]
  /** By `response_type`. */
  readonly responseTypes: Readonly<Record<string, ResponseType>>
  /** With `plain` among them, a challenge without a method is taken as `plain`. @see RFC 7636 section 4.3 */
  readonly codeChallengeMethods: readonly CodeChallengeMethod[]
  /** Says whether authorization responses carry `iss`. @see RFC 9207 */
  readonly sendsIssuer: boolean
  /** Says whether error redirects carry `state`, as they must. @see RFC 6749 section 4.1.2.1 */
  readonly sendsStateWithErrors: boolean
  /** Says whether the consent page forgets the nonce. */
  readonly losesNonceOnConsent: boolean
  /** Says whether keys and tokens carry a `kid`. */
  readonly namesKeys: boolean
  /** Says whether a refresh ends the access tokens before it. */
  readonly refreshEndsAccessTokens: boolean
  /**
   * The redirect URI of a request: the one it names, or the one it means.
   *
   * @throws OAuthError to be shown on a page
   */
  readonly readRedirectUri: (client: Client, named: string | undefined) => string
  /**
   * The scopes a client is given of those it asks for.
   *
   * @throws OAuthError `invalid_scope`
   */
  readonly grantScopes: (
    context: ServerContext,
    client: Client,
    asked: readonly string[],
  ) => readonly string[]
  /**
   * What the dialect asks of authorization requests beside the rest.
   *
   * @throws OAuthError to be sent to the return address
   */
  readonly checkAuthorizationRequest?: (parameters: Parameters) => void
  readonly grantsRefreshToken: (client: Client, scopes: readonly string[]) => boolean
  readonly refuseRefreshToken: (fault: RefreshTokenFault) => OAuthError
  /** @throws OAuthError `invalid_grant`, or `invalid_request` when the verifier is malformed or missing */
  readonly checkCodeVerifier: (request: AuthorizationRequest, verifier: string | undefined) => Promise<void>
  /** The members of a refusal, as JSON or in a redirect. */
  readonly buildError: (error: OAuthError) => Readonly<Record<string, string>>
  /** `issuer` in the metadata and `iss` in tokens. */
  readonly readIssuer: (settings: Settings) => string
  /** By `grant_type`. */
  readonly grants: Readonly<Record<string, Grant>>
  /** By `grant_type`, for the grants that need no client authentication. */
  readonly clientsOfGrants: Readonly<Record<string, ClientOfGrant>>
  readonly clientAuthenticationMethods: Readonly<
    Partial<Record<ClientAuthenticationName, ClientAuthenticationMethod>>
  >
  readonly buildMetadata: (context: ServerContext) => Readonly<Record<string, unknown>>
  readonly buildAccessToken: (context: ServerContext, facts: TokenFacts) => Promise<string>
  readonly buildRefreshToken: (context: ServerContext, facts: TokenFacts) => Promise<string>
  /** Undefined where the dialect knows no ID tokens. */
  readonly buildIdToken: ((context: ServerContext, facts: IdTokenFacts) => Promise<string>) | undefined
  readonly buildIdTokenClaims: (context: ServerContext, facts: IdTokenFacts) => Promise<JWTPayload>
  readonly buildTokenResponse: (tokens: IssuedTokens) => Readonly<Record<string, unknown>>
}
