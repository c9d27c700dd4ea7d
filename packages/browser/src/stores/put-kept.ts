import { type KeyValueStore, StorageError } from '@oauth-concierge/core'

/** Whether a store gave back a key as it was: an engine that cannot keep one may give back something else in its place. */
export function isKept(key: unknown): key is CryptoKey {
  return key instanceof CryptoKey && !key.extractable
}

/** A write of something that has a key in it. */
interface KeyWrite<Value> {
  readonly key: string
  readonly value: Value
  readonly ifVersion: number | undefined
  /** Where in the value its key is. */
  readonly keyIn: (value: Partial<Value>) => unknown
}

/**
 * Writes a value with a key in it and looks whether it came to stand there as it is; gives the version as `put` does.
 * @throws StorageError `key_not_kept`, and then nothing is left of it; `storage_failed`, `storage_full`
 */
export async function putKept<Value extends object>(
  store: KeyValueStore,
  { key, value, ifVersion, keyIn }: KeyWrite<Value>,
): Promise<number | undefined> {
  const version = await store.put(key, value, ifVersion === undefined ? {} : { ifVersion })
  const written = await store.get(key)
  if (version === undefined || written?.version !== version) return version
  if (isKept(keyIn(Object(written.value) as Partial<Value>))) return version
  await store.delete(key, { ifVersion: version })
  throw new StorageError('key_not_kept', 'This browser cannot keep a key (CryptoKey) in IndexedDB.')
}
