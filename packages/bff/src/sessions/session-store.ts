import type { EpochSeconds, Lock } from '@oauth-concierge/core'

/** A record and what the store knows of it. */
export interface StoredRecord extends RecordMark {
  readonly value: unknown
}

/** What it takes to know whether a record is still the one at hand. */
export interface RecordMark {
  /** A number that no other write of this key has had or will have, deletion or not. Compare it for equality only. */
  readonly version: number
  readonly expiresAt: EpochSeconds
}

/** How a record is written. */
export interface WriteOptions {
  readonly expiresAt: EpochSeconds
  /** Writes only while the key has this version; 0: while it is absent. */
  readonly ifVersion?: number
  /** Names by which `deleteAll` finds it. The same for every write of one key. */
  readonly indexes?: readonly string[]
}

/**
 * Where a BFF keeps what belongs to one browser: plain data (JSON) under keys of the form `<kind>:<name>`, until its time is over.
 * A record that is over counts as absent. Every method rejects with StorageError `storage_failed` when the store cannot do its work.
 */
export interface SessionStore {
  /** What each request asks: whether the record is there, and whether it is the one at hand. */
  look(key: string): Promise<RecordMark | undefined>
  read(key: string): Promise<StoredRecord | undefined>
  /** Writes in one step for everybody who shares the store; gives the new version, or `undefined` where `ifVersion` is not there any more. */
  write(key: string, value: unknown, options: WriteOptions): Promise<number | undefined>
  /** Moves the end of a record, which keeps its version. Does nothing where the record is absent. */
  touch(key: string, expiresAt: EpochSeconds): Promise<void>
  /** Removes; with `ifVersion`, only while the key still has that version. */
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<void>
  /** Removes every record written with this index; gives how many there were. */
  deleteAll(index: string): Promise<number>
  /** Shared with everybody who shares the store. Rejects, and does not run the work, where the store cannot be reached. */
  readonly lock: Lock
  /** There where records travel in cookies. Default: a cookie holds a name only. */
  readonly sealing?: Sealing
}

/** How whole records travel in cookies. */
export interface Sealing {
  /**
   * Takes in the record that a cookie brings, unless a later one of the same key is at hand.
   * @returns its key and the version it has in the cookie; undefined for what is no record of this kind made here, or one that is over
   */
  open(kind: string, cookie: string): Promise<{ readonly key: string; readonly version: number } | undefined>
  /** What the cookie must hold for the record as it is now; undefined where there is no record. */
  seal(key: string): Promise<string | undefined>
}
