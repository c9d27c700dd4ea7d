import {
  ConciergeError,
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'

type ErrorClass = new (code: never, message: string, details: object) => ConciergeError

const classes: Readonly<Record<string, ErrorClass>> = {
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
}

/** An error as plain data; whatever is none of ours keeps its words to itself. */
export function writeError(error: unknown): Readonly<Record<string, unknown>> {
  return error instanceof ConciergeError
    ? error.toJSON()
    : new UsageError('user_agent_failed', 'The app around this page failed to do what was asked.').toJSON()
}

/** The error that it was. */
export function readError({
  name,
  code,
  message,
  ...details
}: Readonly<Record<string, unknown>>): ConciergeError {
  const ErrorClass = classes[String(name)] ?? UsageError
  return new ErrorClass(String(code) as never, String(message), details)
}
