import type {
  AccessGrant,
  EndSessionRequest,
  FinishedLogin,
  Login,
  LoginOptions,
  LogoutOptions,
  RelyingPartyOptions,
  Seconds,
  Session,
  StartedLogin,
  UserInfo,
} from '@oauth-concierge/core'
import type { AuthEvent } from '../events.ts'

/** Where a worker keeps tokens: in its memory, or where they outlive it. */
export type WorkerKeep = 'memory' | 'encrypted' | 'local'

/** What a worker must know of a client. Plain data: what is a function is handed to the worker by its own file. */
export interface WorkerClient extends Pick<
  RelyingPartyOptions,
  | 'issuer'
  | 'clientId'
  | 'scope'
  | 'idTokenAlgorithms'
  | 'metadata'
  | 'issuerKind'
  | 'refreshTokenReuseWindow'
> {
  readonly keep: WorkerKeep
}

/** A resource other than the login's own, as it crosses to the worker. */
export interface Target {
  readonly resource: string
  readonly scope?: string
}

/** An access token, and for how long it need not be asked for again. */
export interface LentGrant {
  readonly grant: AccessGrant
  readonly freshFor: Seconds
}

/** What a page may ask of a worker. Nothing of it gives out a refresh token. */
export interface WorkerCalls {
  restore(): Session
  resync(): Session
  startLogin(options: LoginOptions & { readonly redirectUri: string }): StartedLogin
  finishLogin(parameters: string): FinishedLogin
  current(target: Target | undefined): LentGrant
  otherThan(target: Target | undefined, refused: AccessGrant): LentGrant
  userInfo(): UserInfo
  endSession(options: LogoutOptions | undefined): EndSessionRequest | undefined
}

export type CallName = keyof WorkerCalls

/** The session that the worker has, and whose login it is. */
export interface WorkerState {
  readonly session: Session
  readonly login: Login
  /** Why not everything is kept where it was meant to be. A page that comes later learns it too. */
  readonly degraded?: AuthEvent | undefined
}

/** An error as plain data: its class, code, message and details. */
export type ErrorData = Readonly<Record<string, unknown>>

export type FromPage =
  | { readonly open: WorkerClient }
  | { readonly id: number; readonly call: CallName; readonly args: readonly unknown[] }
  | { readonly close: true }

export type FromWorker =
  | { readonly state: WorkerState }
  | { readonly event: AuthEvent }
  /** The name of a lock that is free once the worker is no more. */
  | { readonly alive: string }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorData }

/** One end of the wire between a page and a worker: a MessagePort, or a dedicated worker itself. */
export interface Wire {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  /** The other end is gone. Not every browser says so. */
  addEventListener(type: 'close', listener: () => void): void
  start?(): void
}
