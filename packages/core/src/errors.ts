import type { ErrorCode, ErrorCodes } from './error-codes.ts'

export type { ErrorCode, ErrorCodes } from './error-codes.ts'

/** What an error can say beside its code and message. None of it is ever a secret. */
export interface ErrorDetails {
  /** HTTP status of the answer. */
  readonly status?: number
  /** Seconds to wait, as the server asked, already clamped. */
  readonly retryAfter?: number
  /** Media type of the answer; empty where it named none. */
  readonly contentType?: string
  /** The system's own code for a failed connection, such as `ECONNREFUSED`. */
  readonly reason?: string
  /** The server's own error code (RFC 6749 section 5.2 and its extensions). */
  readonly error?: string
  /** The server's own words, stripped of anything that could be a token. Plain text: never render it as markup. */
  readonly errorDescription?: string
  /** The claim that is wrong. */
  readonly claim?: string
  /** By how many seconds the server's clock is ahead of the device's; negative where it is behind. */
  readonly offset?: number
  /** Authentication contexts that an API asks for, best first. */
  readonly acrValues?: readonly string[]
  /** How many seconds ago the user may have authenticated at the most, as an API asks. */
  readonly maxAge?: number
  /** The scope that an API asks for. */
  readonly scopes?: readonly string[]
}

/**
 * Every error that this SDK throws. It has no `cause`: what lies below may hold a request with its secrets. Branch on `code` or on the class, never on `message`.
 * `retryable`: the same call may succeed later. `sessionSurvives`: the user need not log in again because of this.
 */
export abstract class ConciergeError extends Error {
  abstract readonly code: ErrorCode
  readonly retryable: boolean = false
  readonly sessionSurvives: boolean = true

  constructor(message: string, details: ErrorDetails = {}) {
    super(message)
    Object.assign(this, details)
  }

  /** The error as plain data, for logs. */
  toJSON(): Record<string, unknown> {
    return { ...(this as object), name: this.name, message: this.message }
  }
}

/** The developer has something to change. */
export class UsageError extends ConciergeError {
  override readonly name = 'UsageError'
  readonly code: keyof ErrorCodes['UsageError']

  constructor(code: keyof ErrorCodes['UsageError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}

const notRetryable: readonly ErrorCode[] = ['response_too_large', 'redirected', 'unexpected_response']

/** The network, or what stands in it, failed. The session lives on. */
export class TransportError extends ConciergeError {
  override readonly name = 'TransportError'
  readonly code: keyof ErrorCodes['TransportError']
  override readonly retryable: boolean
  declare readonly status?: number
  declare readonly retryAfter?: number
  declare readonly contentType?: string
  declare readonly reason?: string

  constructor(code: keyof ErrorCodes['TransportError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
    this.retryable = !notRetryable.includes(code)
  }
}

/** The authorization server said no. */
export class ServerError extends ConciergeError {
  override readonly name = 'ServerError'
  readonly code: keyof ErrorCodes['ServerError']
  declare readonly status?: number
  declare readonly error?: string
  declare readonly errorDescription?: string
  declare readonly retryAfter?: number

  constructor(code: keyof ErrorCodes['ServerError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}

/** An answer breaks the specification, or was forged. Nothing of it was kept. */
export class ProtocolError extends ConciergeError {
  override readonly name = 'ProtocolError'
  readonly code: keyof ErrorCodes['ProtocolError']
  declare readonly claim?: string
  declare readonly offset?: number

  constructor(code: keyof ErrorCodes['ProtocolError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}

/** A store failed. What is in memory goes on serving. */
export class StorageError extends ConciergeError {
  override readonly name = 'StorageError'
  override readonly retryable: boolean = true
  readonly code: keyof ErrorCodes['StorageError']

  constructor(code: keyof ErrorCodes['StorageError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
  }
}

const survivable: readonly ErrorCode[] = [
  'session_changed',
  'step_up_required',
  'scope_required',
  'login_cancelled',
]

/** The end user must log in. */
export class SessionError extends ConciergeError {
  override readonly name = 'SessionError'
  override readonly sessionSurvives: boolean
  readonly code: keyof ErrorCodes['SessionError']
  declare readonly acrValues?: readonly string[]
  declare readonly maxAge?: number
  declare readonly scopes?: readonly string[]

  constructor(code: keyof ErrorCodes['SessionError'], message: string, details?: ErrorDetails) {
    super(message, details)
    this.code = code
    this.sessionSurvives = survivable.includes(code)
  }
}
