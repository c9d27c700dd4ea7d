import { ConciergeError, errorFromData } from '@oauth-concierge/core'
import type { ErrorData } from './protocol.ts'

/** An error, fit to be sent. Of one that is not ours nothing is told: it may hold anything. */
export function toErrorData(error: unknown): ErrorData {
  return error instanceof ConciergeError ? error.toJSON() : { message: 'The worker failed.' }
}

/** The error that was sent. */
export function fromErrorData(data: ErrorData): Error {
  return errorFromData(data) ?? new Error(String(data['message']))
}
