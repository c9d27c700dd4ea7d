import { completeRuntime, type Milliseconds, type Runtime, StorageError } from '@oauth-concierge/core'
import { createLeaseLock, type Leases } from './lease-lock.ts'
import { newVersion } from './new-version.ts'
import type { SessionStore } from './session-store.ts'

/** What is used of a `DatabaseSync` of `node:sqlite`. */
export interface SqliteDatabase {
  exec(sql: string): void
  prepare(sql: string): SqliteStatement
}

/** A prepared statement. */
export interface SqliteStatement {
  run(...parameters: readonly (string | number)[]): { readonly changes: number | bigint }
  get(...parameters: readonly (string | number)[]): unknown
  all(...parameters: readonly (string | number)[]): readonly unknown[]
}

/** How a database is used. */
export interface SqliteOptions {
  /** After that long without a sign of life, a process that renews a session counts as dead. Default 5,000. */
  readonly lease?: Milliseconds
  readonly runtime?: Partial<Runtime>
}

const schema = `
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS records (key TEXT PRIMARY KEY, version INTEGER NOT NULL, value TEXT NOT NULL, expires_at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS records_by_end ON records (expires_at);
CREATE TABLE IF NOT EXISTS record_indexes (name TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_indexes_by_key ON record_indexes (key);
CREATE TABLE IF NOT EXISTS leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, beat INTEGER NOT NULL, ends_at REAL NOT NULL) WITHOUT ROWID;
`

/** What is over is looked for once in so many writes. */
const writesPerSweep = 100

/**
 * Sessions in a database file, for the processes of one machine: `sqlite(new DatabaseSync('sessions.db'))`. They outlive a restart.
 * The file holds tokens: nobody but the service may read it.
 * @throws whatever the database throws when it cannot be used
 */
export function sqlite(database: SqliteDatabase, options: SqliteOptions = {}): SessionStore {
  const { lease = 5_000 } = options
  const runtime = completeRuntime(options.runtime)
  const now = (): number => runtime.clock.wallTime() / 1000
  database.exec(schema)
  const sql = prepare(database)
  let writes = 0

  const atOnce = createAtOnce(database)
  const removeNow = (key: string): void => {
    sql.unindex.run(key)
    sql.remove.run(key)
  }
  const sweep = (): void => {
    if ((writes += 1) % writesPerSweep !== 1) return
    sql.unindexOver.run(now())
    sql.removeOver.run(now())
  }
  return {
    look: guarded(async (key) => readMark(sql.look.get(key, now()))),
    read: guarded(async (key) => readRecord(sql.read.get(key, now()))),
    write: guarded(async (key, value, { expiresAt, ifVersion, indexes = [] }) =>
      atOnce(() => {
        sweep()
        if (ifVersion !== undefined && (readMark(sql.look.get(key, now()))?.version ?? 0) !== ifVersion)
          return undefined
        const version = newVersion()
        sql.unindex.run(key)
        sql.write.run(key, version, JSON.stringify(value), expiresAt)
        for (const index of indexes) sql.index.run(index, key)
        return version
      }),
    ),
    touch: guarded(async (key, expiresAt) => void sql.touch.run(expiresAt, key, now())),
    delete: guarded(async (key, { ifVersion } = {}) =>
      atOnce(() => {
        if (ifVersion === undefined || readMark(sql.look.get(key, now()))?.version === ifVersion)
          removeNow(key)
      }),
    ),
    deleteAll: guarded(async (index) =>
      atOnce(() => {
        const keys = sql.find.all(index, now()).map((row) => (row as { readonly key: string }).key)
        for (const key of keys) removeNow(key)
        return keys.length
      }),
    ),
    lock: createLeaseLock(createLeases(sql, atOnce, now), runtime, { lease, patience: 6 * lease }),
  }
}

/** Runs several statements as one, for every process that has the file open. */
type AtOnce = <Result>(work: () => Result) => Result

function createAtOnce(database: SqliteDatabase): AtOnce {
  return (work) => {
    database.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
}

type Statements = ReturnType<typeof prepare>

function prepare(database: SqliteDatabase) {
  const one = (text: string): SqliteStatement => database.prepare(text)
  return {
    look: one('SELECT version, expires_at FROM records WHERE key = ? AND expires_at > ?'),
    read: one('SELECT version, expires_at, value FROM records WHERE key = ? AND expires_at > ?'),
    write: one('REPLACE INTO records (key, version, value, expires_at) VALUES (?, ?, ?, ?)'),
    touch: one('UPDATE records SET expires_at = ? WHERE key = ? AND expires_at > ?'),
    remove: one('DELETE FROM records WHERE key = ?'),
    removeOver: one('DELETE FROM records WHERE expires_at <= ?'),
    index: one('REPLACE INTO record_indexes (name, key) VALUES (?, ?)'),
    unindex: one('DELETE FROM record_indexes WHERE key = ?'),
    unindexOver: one(
      'DELETE FROM record_indexes WHERE key IN (SELECT key FROM records WHERE expires_at <= ?)',
    ),
    find: one(
      'SELECT records.key FROM records JOIN record_indexes ON records.key = record_indexes.key WHERE name = ? AND expires_at > ?',
    ),
    holder: one('SELECT holder, beat FROM leases WHERE name = ? AND ends_at > ?'),
    acquire: one('REPLACE INTO leases (name, holder, beat, ends_at) VALUES (?, ?, 0, ?)'),
    renew: one('UPDATE leases SET beat = beat + 1, ends_at = ? WHERE name = ? AND holder = ?'),
    release: one('DELETE FROM leases WHERE name = ? AND holder = ?'),
  }
}

function createLeases(sql: Statements, atOnce: AtOnce, now: () => number): Leases {
  const signOf = (name: string, holder: string): string | undefined => {
    const row = sql.holder.get(name, now()) as { readonly holder: string; readonly beat: number } | undefined
    return row && row.holder !== holder ? `${row.holder} ${row.beat}` : undefined
  }
  const take = (name: string, holder: string, duration: Milliseconds): void =>
    void sql.acquire.run(name, holder, now() + duration / 1000)
  return {
    acquire: guarded(async (name, holder, duration) =>
      atOnce(() => {
        const sign = signOf(name, holder)
        if (sign === undefined) take(name, holder, duration)
        return sign
      }),
    ),
    takeOver: guarded(async (name, holder, { sign, duration }) =>
      atOnce(() => {
        const isFree = [undefined, sign].includes(signOf(name, holder))
        if (isFree) take(name, holder, duration)
        return isFree
      }),
    ),
    renew: guarded(
      async (name, holder, duration) =>
        Number(sql.renew.run(now() + duration / 1000, name, holder).changes) === 1,
    ),
    release: guarded(async (name, holder) => void sql.release.run(name, holder)),
  }
}

function readMark(row: unknown): { version: number; expiresAt: number } | undefined {
  const { version, expires_at: expiresAt } = (row ?? {}) as { version?: number; expires_at?: number }
  return version === undefined || expiresAt === undefined ? undefined : { version, expiresAt }
}

function readRecord(row: unknown): { version: number; expiresAt: number; value: unknown } | undefined {
  const mark = readMark(row)
  return mark && { ...mark, value: JSON.parse((row as { readonly value: string }).value) as unknown }
}

/** What a database throws may hold a whole statement. */
function guarded<Parameters extends readonly unknown[], Result>(
  work: (...parameters: Parameters) => Promise<Result>,
): (...parameters: Parameters) => Promise<Result> {
  return async (...parameters) => {
    try {
      return await work(...parameters)
    } catch {
      throw new StorageError('storage_failed', 'The session database could not be used.')
    }
  }
}
