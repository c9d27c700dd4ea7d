import type { AuthorizationServer, customFetch } from 'oauth4webapi'
import type { EpochSeconds } from '../ports/clock.ts'
import type { Runtime } from '../ports/runtime.ts'

/** What makes tokens useless to a thief: a key, named by its thumbprint (RFC 7638), and a proof of it with each request. */
export interface SenderConstraint {
  /**
   * Makes sure that there is a key to log in with.
   * @returns its thumbprint
   * @throws StorageError `key_not_kept`, `storage_failed`; UsageError `not_supported_by_server`
   */
  begin(metadata: AuthorizationServer): Promise<string>
  /**
   * Makes a request to the authorization server with a proof, and once more where the answer says what a better proof needs.
   * @throws SessionError `dpop_key_lost`; StorageError `storage_failed`; and as `exchange` does
   */
  request<Options extends SendOptions, Result>(
    call: AuthorizationServerCall<Options>,
    exchange: (options: Options, boundTo: string) => Promise<Result>,
  ): Promise<Result>
  /**
   * Sends a request to an API with a proof, and once more where the answer demands a nonce.
   * @throws SessionError `dpop_key_lost`; StorageError `storage_failed`; ServerError `request_refused`; and as `send` does
   */
  fetch(call: ApiCall): Promise<Response>
  /** Takes in what a fresh statement of the authorization server says of its clock. */
  learnServerTime(time: EpochSeconds): void
  /** Forgets the key for good. @throws StorageError `storage_failed` */
  forget(): Promise<void>
}

/** The part of a request's options through which it is sent. */
export interface SendOptions {
  readonly [customFetch]: (url: string, init: object) => Promise<Response>
}

/** A request to the authorization server before it has its proof. */
export interface AuthorizationServerCall<Options extends SendOptions> {
  readonly options: Options
  /** The key that it must be; undefined where any will do. */
  readonly boundTo: string | undefined
}

/** A request to an API before it has its proof. */
export interface ApiCall {
  readonly accessToken: string
  readonly boundTo: string | undefined
  readonly request: Request
  /** The request once more; undefined where its body cannot be had again. */
  again(): Promise<Request | undefined>
  send(request: Request): Promise<Response>
}

/** Makes the constraint of one client. Made by `dpop()`. */
export type SenderConstraintFactory = (client: {
  readonly issuer: string
  readonly clientId: string
  readonly runtime: Runtime
}) => SenderConstraint
