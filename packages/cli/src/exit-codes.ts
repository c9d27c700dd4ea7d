import {
  ConciergeError,
  type ErrorCode,
  SessionError,
  StorageError,
  TransportError,
  UsageError,
} from '@oauth-concierge/core'

/** What a shell learns of how a command ended. */
export const exitCodes = {
  done: 0,
  /** The server said no, an answer or token is not what it must be, or a check failed. */
  refused: 1,
  /** The command was not used as it wants to be. */
  usage: 2,
  /** Credentials, a key or a file cannot be read, written or used. */
  unusable: 3,
  /** Nobody could be reached, or the server is busy: the same may succeed later. */
  unreachable: 4,
  /** A person has to log in. */
  loginRequired: 5,
  /** A fault in the command itself. */
  unexpected: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const

/** A code that a command can end with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

const unusable: readonly ErrorCode[] = ['credentials_unreadable', 'key_unusable']

/** The exit code that says what an error says. */
export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof ConciergeError)) return exitCodes.unexpected
  if (error instanceof StorageError || unusable.includes(error.code)) return exitCodes.unusable
  if (error instanceof TransportError) return error.retryable ? exitCodes.unreachable : exitCodes.refused
  if (error instanceof SessionError) return exitCodes.loginRequired
  const isUsage = error instanceof UsageError && error.code !== 'not_supported_by_server'
  return isUsage ? exitCodes.usage : exitCodes.refused
}
