import type { JWTPayload } from 'jose'
import type { DpopNonces } from './dpop/dpop-nonces.ts'
import type { Parameters, ReceivedParameters } from './http/parameters.ts'
import type { ClientAuthenticationName, EpochSeconds } from './options.ts'
import type { Client, ProtectedResource, Settings } from './settings.ts'
import type { BackgroundWork } from './state/background-work.ts'
import type { ServerClock } from './state/clock.ts'
import type { KeyRing } from './state/key-ring.ts'
import type { LedgerRequest, LedgerWriter } from './state/ledger.ts'
import type { AuthorizationDetail, TokenFamily } from './state/records.ts'
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
  readonly refreshToken: string | undefined
  readonly idToken: string | undefined
}

/**
 * How a server speaks: everything in which deployments differ on the wire.
 * Another dialect is a copy of `standard` with some members replaced.
 */
export interface Dialect {
  readonly name: string
  readonly endpoints: readonly Endpoint[]
  /** False where `DPoP` headers are not looked at. */
  readonly dpop: boolean
  /** The endpoints of a small API that the server serves itself, to be called with its tokens. */
  readonly buildResourceEndpoints: (resource: ProtectedResource) => readonly Endpoint[]
  /** By `grant_type`. */
  readonly grants: Readonly<Record<string, Grant>>
  /** By `grant_type`, for the grants that need no client authentication. */
  readonly clientsOfGrants: Readonly<Record<string, ClientOfGrant>>
  readonly clientAuthenticationMethods: Readonly<Record<ClientAuthenticationName, ClientAuthenticationMethod>>
  readonly buildMetadata: (context: ServerContext) => Readonly<Record<string, unknown>>
  readonly buildAccessToken: (context: ServerContext, facts: TokenFacts) => Promise<string>
  readonly buildIdTokenClaims: (context: ServerContext, facts: IdTokenFacts) => Promise<JWTPayload>
  readonly buildTokenResponse: (tokens: IssuedTokens) => Readonly<Record<string, unknown>>
}
