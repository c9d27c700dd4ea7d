import { StorageError } from '@oauth-concierge/core'

/** The error of a plugin may hold what was to be written, so only its name and code are told. */
export function storageFailure(operation: string, error: unknown): StorageError {
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown }
  const what = [name, code].filter((part) => typeof part === 'string' && /^[\w.]{1,40}$/.test(part)).join(' ')
  return new StorageError(
    'storage_failed',
    `The device's storage failed to ${operation} (${what || 'unknown'}).`,
  )
}
