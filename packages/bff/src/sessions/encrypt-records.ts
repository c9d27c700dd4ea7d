import { UsageError } from '@oauth-concierge/core'
import { recordKind } from './record-kind.ts'
import { createSeal } from './seal.ts'
import type { SessionStore } from './session-store.ts'

/** How records are encrypted. */
export interface EncryptRecordsOptions {
  /**
   * Secrets of 32 random bytes or more, in base64url or as bytes; the same ones in every process. The first one encrypts, all of them decrypt: to change it,
   * put the new one in front and take the old one away when every session from before is over.
   */
  readonly keys: readonly (string | Uint8Array)[]
}

/**
 * The same store, but that it holds records encrypted (AES-256-GCM): a copy of the store, or of its backups, gives no token away without the keys, and
 * nobody who can only write to it makes a record, or puts one in the place of another. What stays readable are the hashed names of sessions, when they end, and the
 * names by which the authorization server ends them (`sub` and `sid`).
 * A record that these keys do not open counts as absent: switching this on, or losing a key, logs users out.
 * @throws UsageError `invalid_configuration`
 * @see NIST SP 800-38D
 */
export function encryptRecords(store: SessionStore, { keys }: EncryptRecordsOptions): SessionStore {
  if (store.sealing)
    throw new UsageError('invalid_configuration', 'encryptedCookie() encrypts its records already.')
  const seal = createSeal(keys)
  return {
    ...store,
    read: async (key) => {
      const record = await store.read(key)
      const text =
        typeof record?.value === 'string' ? await seal.open(purposeOf(key), record.value) : undefined
      const opened = text === undefined ? undefined : (JSON.parse(text) as Sealed)
      return record && opened?.key === key ? { ...record, value: opened.value } : undefined
    },
    write: async (key, value, options) => {
      const sealed: Sealed = { key, value }
      return store.write(key, await seal.seal(purposeOf(key), JSON.stringify(sealed)), options)
    },
  }
}

/** A record with its own name in it, so that it is nothing under another. */
interface Sealed {
  readonly key: string
  readonly value: unknown
}

function purposeOf(key: string): string {
  return `stored ${recordKind(key)}`
}
