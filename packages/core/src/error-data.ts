import {
  type ConciergeError,
  ProtocolError,
  ServerError,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from './errors.ts'

type ErrorClass = new (code: never, message: string, details: object) => ConciergeError

const classes: Readonly<Record<string, ErrorClass>> = {
  UsageError,
  TransportError,
  ServerError,
  ProtocolError,
  StorageError,
  SessionError,
}

/**
 * The error whose `toJSON()` this is, of the class it had: for what crosses to another process, worker or page as plain data.
 * Undefined for what is none of ours.
 */
export function errorFromData({
  name,
  code,
  message,
  ...details
}: Readonly<Record<string, unknown>>): ConciergeError | undefined {
  const ErrorClass = Object.hasOwn(classes, String(name)) ? classes[String(name)] : undefined
  return ErrorClass && new ErrorClass(String(code) as never, String(message), details)
}
