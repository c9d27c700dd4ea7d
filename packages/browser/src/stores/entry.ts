import type { StoredValue } from '@oauth-concierge/core'

const schema = 1

/** What stands in a database for one write: the value, its version, and the schema of the two. */
export interface Entry extends StoredValue {
  readonly schema: number
}

/** The entry to write. */
export function createEntry(value: unknown, version: number): Entry {
  return { schema, version, value }
}

/** The value of an entry; undefined for what is absent, of another schema, or no entry at all. */
export function readEntry(found: unknown): StoredValue | undefined {
  const entry = Object(found) as Partial<Entry>
  if (entry.schema !== schema || typeof entry.version !== 'number' || !('value' in entry)) return undefined
  return { value: entry.value, version: entry.version }
}

/** Whether a later release of this SDK wrote it: it counts as absent here, and whoever goes back to that release finds it again. */
export function isNewer(found: unknown): boolean {
  const { schema: written } = Object(found) as Partial<Entry>
  return typeof written === 'number' && written > schema
}

/** Whether nobody will ever read it: damaged, foreign, or of an earlier schema. */
export function isUnreadable(found: unknown): boolean {
  return found !== undefined && !readEntry(found) && !isNewer(found)
}
