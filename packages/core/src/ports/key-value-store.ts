/** A value and the version under which it was written. */
export interface StoredValue<Value = unknown> {
  readonly value: Value
  /** A number that no other write of this key has had or will have, deletion or not. Compare it for equality only. */
  readonly version: number
}

/**
 * Where an SDK object keeps what must outlive a call: plain data (JSON) under string keys.
 * Every method rejects with StorageError when the store cannot do its work: `storage_full` where only room is wanting, else `storage_failed`.
 */
export interface KeyValueStore {
  /** Whether `put` with `ifVersion` and `take` are one step for everybody who shares the store. */
  readonly atomic: boolean
  /** Whether others, such as the other tabs of an origin, see the same entries. Default: they do not. */
  readonly isShared?: boolean
  get(key: string): Promise<StoredValue | undefined>
  /**
   * Writes and gives the new version. With `ifVersion`, writes only while the key still has that version
   * (0: while the key is absent) and gives `undefined` when it does not.
   */
  put(key: string, value: unknown, options?: { readonly ifVersion?: number }): Promise<number | undefined>
  /** Reads and removes in one step: of several callers one gets the value. */
  take(key: string): Promise<unknown>
  /** Removes; with `ifVersion`, only while the key still has that version. */
  delete(key: string, options?: { readonly ifVersion?: number }): Promise<void>
}
