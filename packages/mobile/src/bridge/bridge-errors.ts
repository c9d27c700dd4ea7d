import { ConciergeError, errorFromData, UsageError } from '@oauth-concierge/core'

/** An error as plain data; whatever is none of ours keeps its words to itself. */
export function writeError(error: unknown): Readonly<Record<string, unknown>> {
  return (error instanceof ConciergeError ? error : appFailed()).toJSON()
}

/** The error that it was. */
export function readError(data: Readonly<Record<string, unknown>>): ConciergeError {
  return errorFromData(data) ?? appFailed()
}

function appFailed(): UsageError {
  return new UsageError('user_agent_failed', 'The app around this page failed to do what was asked.')
}
