import { StorageError } from '@oauth-concierge/core'

/** What the browser's refusal to do `operation` is called here. Of the browser's own error only the name is kept. */
export function toStorageError(operation: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error
  const { name = 'unknown' } = Object(error) as Partial<Error>
  return new StorageError(codeOf(name), `The browser's storage failed to ${operation} (${name}).`)
}

function codeOf(name: string): StorageError['code'] {
  if (/quota/i.test(name)) return 'storage_full'
  // Everything but keys is plain data, which can always be cloned.
  return name === 'DataCloneError' ? 'key_not_kept' : 'storage_failed'
}
