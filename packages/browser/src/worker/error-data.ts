import {
  ConciergeError,
  type ErrorCode,
  type ErrorDetails,
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'
import type { ErrorData } from './protocol.ts'

/** An error, fit to be sent. Of one that is not ours nothing is told: it may hold anything. */
export function toErrorData(error: unknown): ErrorData {
  return error instanceof ConciergeError ? error.toJSON() : { message: 'The worker failed.' }
}

const classes = { UsageError, TransportError, ServerError, ProtocolError, StorageError, SessionError }

/** The error that was sent, of the class it had. */
export function fromErrorData({ name, code, message, ...details }: ErrorData): Error {
  const Kind = classes[name as keyof typeof classes] as
    | (new (code: ErrorCode, message: string, details: ErrorDetails) => ConciergeError)
    | undefined
  return Kind ? new Kind(code as ErrorCode, String(message), details) : new Error(String(message))
}
