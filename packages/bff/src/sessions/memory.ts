import { completeRuntime, type EpochSeconds, type Runtime } from '@oauth-concierge/core'
import { recordKind } from './record-kind.ts'
import type { RecordMark, SessionStore, StoredRecord, WriteOptions } from './session-store.ts'

/** How much a store in memory holds, and by which clock. */
export interface MemoryOptions {
  /** Records of one kind (sessions, logins under way, …). Beyond that the oldest gives way. Default 1,000,000. */
  readonly mostRecords?: number
  readonly runtime?: Partial<Runtime>
}

/** A record in memory, with the names by which it is found. */
export interface HeldRecord extends StoredRecord {
  readonly indexes: readonly string[]
  /** When its key was first written. */
  readonly since: EpochSeconds
}

/** A store in memory as those see it who build another on it. */
export interface MemoryRecords {
  get(key: string): HeldRecord | undefined
  set(key: string, record: HeldRecord): void
  remove(key: string): void
  keysOf(index: string): readonly string[]
}

/**
 * Sessions in this process's memory: they end with it, and no other process sees them. For development, and for one process that may
 * forget who was logged in.
 */
export function memory(options: MemoryOptions = {}): SessionStore {
  return createMemoryStore(createRecords(options), options)
}

/** The store over records that somebody else may see as well. */
export function createMemoryStore(records: MemoryRecords, { runtime }: MemoryOptions): SessionStore {
  const { clock, lock } = completeRuntime(runtime)
  let lastVersion = 0
  // Later than every version of an earlier process, since the clock has moved on.
  const nextVersion = (): number =>
    (lastVersion = Math.max(lastVersion + 1, Math.floor(clock.wallTime() * 1000)))
  const read = (key: string): HeldRecord | undefined => {
    const record = records.get(key)
    if (!record || record.expiresAt > clock.wallTime() / 1000) return record
    records.remove(key)
    return undefined
  }
  return {
    lock,
    look: async (key): Promise<RecordMark | undefined> => read(key),
    read: async (key) => read(key),
    write: async (key, value, { ifVersion, expiresAt, indexes = [] }: WriteOptions) => {
      const before = read(key)
      if (ifVersion !== undefined && (before?.version ?? 0) !== ifVersion) return undefined
      const version = nextVersion()
      const since = before?.since ?? clock.wallTime() / 1000
      records.set(key, { value, version, expiresAt, indexes, since })
      return version
    },
    touch: async (key, expiresAt) => {
      const record = read(key)
      if (record) records.set(key, { ...record, expiresAt })
    },
    delete: async (key, { ifVersion } = {}) => {
      if (ifVersion === undefined || read(key)?.version === ifVersion) records.remove(key)
    },
    deleteAll: async (index) => {
      const keys = records.keysOf(index).filter((key) => read(key))
      for (const key of keys) records.remove(key)
      return keys.length
    },
  }
}

/** The records of one kind, and how far the search for those that are over has come. */
interface Kind {
  readonly records: Map<string, HeldRecord>
  cursor: Iterator<[string, HeldRecord]>
}

/** How many records are looked at for each new one, to drop those that are over. */
const looksPerWrite = 4

/** Records by key and by index, each kind up to its bound. */
export function createRecords({ mostRecords = 1_000_000, runtime }: MemoryOptions): MemoryRecords {
  const { clock } = completeRuntime(runtime)
  const kinds = new Map<string, Kind>()
  const byIndex = new Map<string, Set<string>>()

  const kindOf = (key: string): Kind => {
    const name = recordKind(key)
    const known = kinds.get(name)
    if (known) return known
    const records = new Map<string, HeldRecord>()
    const kind = { records, cursor: records.entries() }
    kinds.set(name, kind)
    return kind
  }
  const remove = (key: string): void => {
    const { records } = kindOf(key)
    for (const index of records.get(key)?.indexes ?? []) {
      const keys = byIndex.get(index)
      keys?.delete(key)
      if (keys?.size === 0) byIndex.delete(index)
    }
    records.delete(key)
  }
  const sweep = (kind: Kind, now: EpochSeconds): void => {
    for (let looks = 0; looks < looksPerWrite; looks += 1) {
      const { done, value } = kind.cursor.next()
      if (done) kind.cursor = kind.records.entries()
      else if (value[1].expiresAt <= now) remove(value[0])
    }
    const [oldest] = kind.records.size > mostRecords ? kind.records.keys() : []
    if (oldest !== undefined) remove(oldest)
  }
  return {
    get: (key) => kindOf(key).records.get(key),
    remove,
    keysOf: (index) => [...(byIndex.get(index) ?? [])],
    set: (key, record) => {
      const kind = kindOf(key)
      const isNew = !kind.records.has(key)
      kind.records.set(key, record)
      for (const index of record.indexes) byIndex.set(index, (byIndex.get(index) ?? new Set()).add(key))
      if (isNew) sweep(kind, clock.wallTime() / 1000)
    },
  }
}
