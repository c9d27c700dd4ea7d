import type { JSONWebKeySet, JWK } from 'jose'
import type { Auth0Options } from './dialects/auth0/auth0-options.ts'
import type { AuthnOptions } from './dialects/authn/authn-options.ts'
import type { GluuOptions } from './dialects/gluu/gluu-options.ts'
import type { PassportOptions } from './dialects/passport/passport-options.ts'
import type { Habits } from './habits/habits.ts'

/** A point in time: whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number

/** How clients may prove who they are at the token endpoint and every other that asks for it. */
export type ClientAuthenticationName =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'

/** Algorithms that the server can sign its tokens with. */
export type SigningAlg = 'ES256' | 'RS256' | 'PS256' | 'EdDSA'

/**
 * What happens to a refresh token when it is used.
 * - `none`: it stays valid, and the answer carries no new one.
 * - `strict`: it is spent; using it again revokes the whole family.
 * - `{ grace }`: it is spent, but honoured once more within that many seconds.
 * - `refuse`: it is spent; using it again is refused, and nothing else happens.
 * - `keep`: it stays valid although the answer carries a new one.
 * - `{ repeat }`: it is spent, but gets the same answer again within that many seconds.
 */
export type RefreshTokenRotation =
  | 'none'
  | 'strict'
  | 'refuse'
  | 'keep'
  | { readonly grace: number }
  | { readonly repeat: number }

/** The styles of deployment that the server speaks. */
export type DialectName = 'standard' | 'passport' | 'authn' | 'gluu' | 'auth0'

/** A program with an identity of its own. */
export interface ServiceAccountOptions {
  /** `iss` of its assertions, beside its client id, and `sub` of its tokens. Default: the client id. */
  readonly email?: string
  /** Usernames of those whom it may act for, named by `sub`. Default: nobody but itself. */
  readonly actsFor?: readonly string[]
}

/** An issuer elsewhere whose JWTs are taken as grants and as subject tokens. */
export interface TrustedIssuerOptions {
  /** `iss` of its JWTs. */
  readonly issuer: string
  readonly jwks: JSONWebKeySet
  /** The subjects it may speak for. Default: any. */
  readonly subjects?: readonly string[]
}
/** A client to be registered when the server is created. */
export interface ClientOptions {
  readonly clientId: string
  /** Without a secret and without keys the client is public, and PKCE is required of it. */
  readonly clientSecret?: string
  /** The name shown on the consent page. Default: the client id. */
  readonly clientName?: string
  /** The one method this client may use. Default: every method its secret or keys allow, else `none`. */
  readonly tokenEndpointAuthMethod?: ClientAuthenticationName
  /** Compared character by character, save for the port of a loopback IP literal. Default: none. */
  readonly redirectUris?: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  /** Default: `authorization_code` and `refresh_token`, or that of a service account. */
  readonly grantTypes?: readonly string[]
  /** The scopes this client may ask for. Default: every scope of the server. */
  readonly scopes?: readonly string[]
  /** First-party clients may skip the consent page. Default: false. */
  readonly skipConsent?: boolean
  /** Requires PKCE of a confidential client too. Default: false. Public clients always need it. */
  readonly requirePkce?: boolean
  /** `aud` of this client's access tokens. Default: the server's `audience`. */
  readonly audience?: string
  /** Refuses token requests of this client without a DPoP proof. Default: false. @see RFC 9449 section 5.2 */
  readonly dpopBoundAccessTokens?: boolean
  /** Lets it get tokens by assertions signed with its keys (RFC 7523 section 2.1). Needs `jwks`. */
  readonly serviceAccount?: ServiceAccountOptions
  /** The targets it may exchange tokens for (RFC 8693). Default: any. */
  readonly tokenExchangeTargets?: readonly string[]
  /** Public keys that verify its assertions (`private_key_jwt`) and request objects. */
  readonly jwks?: JSONWebKeySet
  /** Refuses authorization requests that were not pushed (RFC 9126). Default: false. */
  readonly requirePushedAuthorizationRequests?: boolean
  /** Refuses authorization requests that are not signed (RFC 9101). Needs `jwks`. Default: false. */
  readonly requireSignedRequestObject?: boolean
  /** The types of `authorization_details` it may ask for. Default: every type of the server. */
  readonly authorizationDetailsTypes?: readonly string[]
  /** Answers its UserInfo requests with a JWT. The server signs with its `signingAlg` only. */
  readonly userinfoSignedResponseAlg?: SigningAlg
  /** Where the server posts a logout token when a login ends. @see OpenID Connect Back-Channel Logout 1.0 section 2.2 */
  readonly backchannelLogoutUri?: string
  /** Default: false. The server sends `sid` in any case. */
  readonly backchannelLogoutSessionRequired?: boolean
  /** What the logged-out page loads in a frame. @see OpenID Connect Front-Channel Logout 1.0 section 2 */
  readonly frontchannelLogoutUri?: string
  /** Adds `iss` and `sid` to that address. Default: false. */
  readonly frontchannelLogoutSessionRequired?: boolean
  /** The user provider whose people log in to this client. Default: the server's first. */
  readonly userProvider?: string
  /** Default: the server's `refreshTokenRotation`. */
  readonly refreshTokenRotation?: RefreshTokenRotation
}

/** A person who can log in. */
export interface UserOptions {
  readonly username: string
  readonly password: string
  /** OpenID Connect claims. `sub` is the username unless given here. */
  readonly claims?: Readonly<Record<string, unknown>>
}

/** A table of users. Two of them may hold different people under the same name. */
export interface UserProviderOptions {
  readonly users: readonly UserOptions[]
  /** What the login name is compared with: `username` or the name of a claim, such as `national_id`. Default: `username`. */
  readonly usernameColumn?: string
  /** What the login page calls the login name. Default: `Username`. */
  readonly usernameLabel?: string
  /** Which of the dialect's guards logs them in. Default: its first. */
  readonly guard?: string
}

/** How long things live, in seconds. */
export interface Lifetimes {
  readonly accessToken: number
  readonly refreshToken: number
  readonly idToken: number
  readonly code: number
  /** A login at the server itself: how long its cookie spares the login page. */
  readonly session: number
  /** A device's wait for its user (RFC 8628). */
  readonly deviceCode: number
  /** A backchannel authentication (CIBA). */
  readonly backchannelRequest: number
  /** A pushed authorization request. */
  readonly pushedRequest: number
}

/** A resource that access tokens can be asked for. */
export interface ResourceOptions {
  /** An absolute URI without fragment. */
  readonly identifier: string
  /** The scopes it knows: a token for it carries no other scopes than these and those of OpenID Connect. Default: all. */
  readonly scopes?: readonly string[]
}

/** A small API served by the server itself, which checks the server's own access tokens. */
export interface ProtectedResourceOptions {
  /** Below the issuer, such as `/resource`. The two together are its identifier. */
  readonly path: string
  /** Scopes that every request needs. Default: none. */
  readonly scopes?: readonly string[]
  /** Authentication contexts, one of which the user must have reached. Default: none is asked for. */
  readonly acrValues?: readonly string[]
  /** How old the user's login may be, in seconds. Default: any age. */
  readonly maxAge?: number
}

/** How DPoP proofs are checked. */
export interface DpopOptions {
  /** Whether proofs must carry a nonce of this server. Default: `required`. @see RFC 9449 section 8 */
  readonly nonces?: 'off' | 'required'
  /** How long a nonce is good for, in seconds. Default: 300. */
  readonly nonceLifetime?: number
}

/**
 * What `createReferenceServer` can be told. Only `issuer` is required. The defaults given here are those of
 * `standard`; another dialect has its own clients, users, scopes, lifetimes and keys.
 */
export interface ReferenceServerOptions {
  /** How the server speaks. Default: `standard`. */
  readonly dialect?: DialectName
  /** An `https:` or `http:` URL without query or fragment; a path is allowed. */
  readonly issuer: string
  /** Default: one public client, `spa`. */
  readonly clients?: readonly ClientOptions[]
  /** Default: one user, `ada`, whose password is `password`. */
  readonly users?: readonly UserOptions[]
  /** Tables of users by name, in place of `users`. With both, `users` replace those of the first table. */
  readonly userProviders?: Readonly<Record<string, UserProviderOptions>>
  /** Scopes beside those of OpenID Connect, each with the words shown on the consent page. */
  readonly scopes?: Readonly<Record<string, string>>
  /** Which claims a scope opens, beside those of OpenID Connect. */
  readonly scopeClaims?: Readonly<Record<string, readonly string[]>>
  /** `aud` of access tokens. Default: the issuer. */
  readonly audience?: string
  /** Where the time comes from, in seconds since 1970. Default: the real time. `server.clock` can move ahead of it. */
  readonly clock?: () => number
  readonly lifetimes?: Partial<Lifetimes>
  /** Default: `strict`. */
  readonly refreshTokenRotation?: RefreshTokenRotation
  /** Default: that of `keys`, or `ES256`. */
  readonly signingAlg?: SigningAlg
  /** Private keys to sign with: the first one now, the others as keys are rotated. All for one algorithm. */
  readonly keys?: readonly JWK[]
  /**
   * Gives the same keys, ids, codes and opaque tokens on each run. Whoever knows it knows them all; RSA keys
   * are then those published in this package.
   */
  readonly seed?: string
  /** How the server posts logout tokens. Default: the global `fetch`. */
  readonly http?: (request: Request) => Promise<Response>
  readonly dpop?: DpopOptions
  /** Seconds that devices and CIBA clients must leave between two polls. Default: 5. */
  readonly pollingInterval?: number
  /** Default: none. */
  readonly trustedIssuers?: readonly TrustedIssuerOptions[]
  /** The resources that tokens can be asked for (RFC 8707). Default: any absolute URI without fragment. */
  readonly resources?: readonly ResourceOptions[]
  /** The APIs that the server serves itself. Default: one, at `/resource`. */
  readonly protectedResources?: readonly ProtectedResourceOptions[]
  /** The types of `authorization_details` (RFC 9396), each with the words for the consent page. Default: `payment_initiation`. */
  readonly authorizationDetailsTypes?: Readonly<Record<string, string>>
  /** Refuses authorization requests of every client that were not pushed (RFC 9126). Default: false. */
  readonly requirePushedAuthorizationRequests?: boolean
  /** Asked of clients that register themselves (RFC 7591). Default: anybody may register. */
  readonly initialAccessToken?: string
  /** How many entries each list of the ledger keeps, the latest ones. Default: 10,000. */
  readonly ledgerCapacity?: number
  /** How faults wait, in seconds. Default: a timer. */
  readonly sleep?: (seconds: number) => Promise<void>
  /**
   * True where answers go out on a connection, which carries compressed bytes; `createTestServer` sets it.
   * Default: false; a compressed body is handed over as `fetch` would give it.
   */
  readonly onWire?: boolean
  /** Departures from the dialect, as servers in the field have them. */
  readonly habits?: Habits
  /** What only a server of the dialect `passport` can be told. */
  readonly passport?: PassportOptions
  /** What only a server of the dialect `authn` can be told. */
  readonly authn?: AuthnOptions
  /** What only a server of the dialect `gluu` can be told. */
  readonly gluu?: GluuOptions
  /** What only a server of the dialect `auth0` can be told. */
  readonly auth0?: Auth0Options
}
