import { createInProcessLock, type KeyValueStore, type StoredValue } from '@oauth-concierge/core'
import type { TextStorage } from '../shell.ts'
import { readLongText, removeLongText, writeLongText } from './long-text.ts'
import { storageFailure } from './storage-failure.ts'

type Box = Readonly<Record<string, StoredValue>>

/** A store in one entry of a text storage, and the way to throw all of it away. */
export interface BoxStore extends KeyValueStore {
  /** Removes the entry with everything in it. @throws StorageError `storage_failed` */
  wipe(): Promise<void>
}

/**
 * A store in one named entry of `storage`. Within this process each operation is one step. Other processes that share the storage can come
 * between, since no keychain compares and sets; that is what `atomic: false` says, and why a refresh holds a lease as well.
 * An entry that cannot be read back counts as empty.
 */
export function createBoxStore(storage: TextStorage, name: string): BoxStore {
  const turns = createInProcessLock()
  const attempt = <Result>(operation: string, work: () => Promise<Result>): Promise<Result> =>
    turns.run(name, () => work().catch((error: unknown) => Promise.reject(storageFailure(operation, error))))
  const read = async (): Promise<Box> => readBox(await readLongText(storage, name))
  const write = (box: Box): Promise<void> => {
    const isEmpty = Object.keys(box).length === 0
    return isEmpty ? removeLongText(storage, name) : writeLongText(storage, name, JSON.stringify(box))
  }
  return {
    atomic: false,
    get: (key) => attempt('read', async () => (await read())[key]),
    put: (key, value, options) =>
      attempt('write', async () => {
        const box = await read()
        if (options?.ifVersion !== undefined && (box[key]?.version ?? 0) !== options.ifVersion)
          return undefined
        const version = newVersion()
        await write({ ...box, [key]: { value, version } })
        return version
      }),
    take: (key) =>
      attempt('take', async () => {
        const { [key]: taken, ...rest } = await read()
        if (taken) await write(rest)
        return taken?.value
      }),
    delete: (key, options) =>
      attempt('delete', async () => {
        const { [key]: found, ...rest } = await read()
        if (found && (options?.ifVersion ?? found.version) === found.version) await write(rest)
      }),
    wipe: () => attempt('delete', () => removeLongText(storage, name)),
  }
}

/** Random, since a counter would begin anew after a deletion. */
function newVersion(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 21) * 2 ** 32 + low
}

function readBox(text: string | undefined): Box {
  try {
    const box = Object(JSON.parse(text ?? '{}')) as Record<string, Partial<StoredValue> | null>
    const isEntry = ([, entry]: readonly [string, Partial<StoredValue> | null]): boolean =>
      typeof entry?.version === 'number' && 'value' in entry
    return Object.fromEntries(Object.entries(box).filter(isEntry)) as Box
  } catch {
    return {}
  }
}
