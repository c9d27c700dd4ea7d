import { UsageError } from '@oauth-concierge/core'

/** What to say of an option that cannot be. */
export function misconfigured(message: string): UsageError {
  return new UsageError('invalid_configuration', message)
}
