import type {
  ClientOptions,
  DeviceAuthorization,
  BackchannelAuthentication,
  ServerMetadata,
  Signer,
} from '@oauth-concierge/core'
import type { ManualClock } from '@oauth-concierge/core/testing'
import type { Arrival } from '../servers/headless-browser.ts'
import type { ServerName } from './flow-table.ts'

/** How a client may prove itself. */
export type Proof =
  | 'none'
  | 'client_secret_basic'
  | 'client_secret_basic_raw'
  | 'client_secret_post'
  | 'client_secret_jwt'
  | 'private_key_jwt'
  | 'tls_client_auth'

/** What a flow needs of its client's registration, and of the server. */
export interface Needs {
  /** Default: what clients of this server usually do. */
  readonly proof?: Proof
  /** The client has a secret, and proves it in the usual way of the server. */
  readonly hasSecret?: boolean
  /** Default: `authorization_code` and `refresh_token`. */
  readonly grantTypes?: readonly string[]
  readonly pushedRequestsOnly?: boolean
  readonly signedUserInfo?: boolean
  /** What happens to refresh tokens. Default: they rotate, and reuse is not forgiven. */
  readonly rotation?: 'none' | 'strict' | 'grace'
  readonly dpop?: 'with nonces' | 'without nonces'
}

/** A server with the flow's client registered, a user, and a network that may fail. */
export interface Visit {
  readonly server: ServerName
  /** What the factories of the SDK need to know of client and server. */
  readonly options: ClientOptions & { readonly metadata?: Partial<ServerMetadata> }
  readonly issuer: string
  /** What a login asks for. */
  readonly scope: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  /** Signs with a key that is registered for the client. */
  readonly signer: Signer
  /** The client's clock, and the server's where that can be moved. Sleeping moves it. */
  readonly clock: ManualClock
  readonly person: { readonly username: string; readonly password: string }
  /** What the network carried. */
  readonly network: Network
  /** Goes to an address of the server and on from there, through all its pages: to the redirect URI, if there is a way. */
  visitPages(url: string, redirectUri?: string): Promise<Arrival>
  approveDevice(authorization: DeviceAuthorization): Promise<void>
  approveBackchannel(authentication: BackchannelAuthentication): Promise<void>
  /** An assertion that the server takes as a grant. */
  signAssertion(): Promise<string>
  close(): Promise<void>
}

/** The network between client and server. */
export interface Network {
  /** Requests so far to addresses that end so, with their forms. */
  requestsTo(end: string): readonly URLSearchParams[]
  /** The next answer to a token request is lost after the server has done its work. */
  loseTokenAnswer(): void
}
