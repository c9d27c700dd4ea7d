import { type EpochSeconds, type KeyValueStore, StorageError, TransportError } from '@oauth-concierge/core'
import { readSessionData, type SessionData } from './session-data.ts'
import type { SessionStore, StoredRecord } from './session-store.ts'

/** What is at hand of a session's record. */
export interface SessionState {
  readonly key: string
  readonly data: SessionData
  version: number
  expiresAt: EpochSeconds
  /** What the session machine remembers, as it was written last. */
  tokens: unknown
  /** When the session is over with such tokens, unless it is used again. */
  endWith(tokens: unknown): EpochSeconds
  /** Writes under way: while there are some, the store may have a version that is not known here yet. */
  writing: number
}

/**
 * The part of a session's record that is the session machine's, as the store that this wants. Each of its writes names the version it goes over, so
 * whoever held the lock and wakes late writes over nothing.
 * @param first the record as it was read just now, which spares the first read
 */
export function createSessionVault(
  store: SessionStore,
  state: SessionState,
  first: StoredRecord,
): KeyValueStore {
  let known: StoredRecord | undefined = first
  const { key } = state
  return {
    atomic: true,
    get: async () => {
      const record = known ?? (await store.read(key))
      known = undefined
      const data = readSessionData(record?.value)
      return record && data && { value: data.tokens, version: record.version }
    },
    put: async (_, tokens, { ifVersion } = {}) => {
      state.writing += 1
      const { data } = state
      const expiresAt = state.endWith(tokens)
      const options = { expiresAt, indexes: data.indexes, ...(ifVersion !== undefined && { ifVersion }) }
      try {
        const written = await store.write(key, { ...data, tokens }, options)
        if (written !== undefined) Object.assign(state, { version: written, expiresAt, tokens })
        return written
      } catch (error) {
        throw isMark(tokens) && error instanceof StorageError ? unmarked() : error
      } finally {
        state.writing -= 1
      }
    },
    take: async () => {
      const record = await store.read(key)
      await store.delete(key)
      return readSessionData(record?.value)?.tokens
    },
    delete: (_, options) => store.delete(key, options),
  }
}

/** The note that a refresh token is about to be sent. */
function isMark(tokens: unknown): boolean {
  return (Object(tokens) as { readonly attempt?: unknown }).attempt !== undefined
}

/** A session in one process may go on without the note. Others share this one, so nothing is sent that they would not know of. */
function unmarked(): TransportError {
  return new TransportError(
    'network_failed',
    'The session store cannot be reached, so the session was not renewed. It is kept.',
  )
}
