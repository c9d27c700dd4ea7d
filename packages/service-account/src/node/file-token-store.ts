import { createHash, randomInt, randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type KeyValueStore, type Lock, StorageError, type StoredValue } from '@oauth-concierge/core'
import type { TokenStore } from '../cache/token-store.ts'
import { createFileLock, type FileLockOptions } from './file-lock.ts'

/**
 * Tokens in a folder, for programs that are run again and again and for processes that run side by side: one file a key, readable by its owner
 * only, replaced in one step, so that a crash leaves the old or the new one and never half of one.
 * @param folder made where it does not exist, with mode 0700
 */
export function fileTokenStore(folder: string, options: FileLockOptions = {}): TokenStore {
  const place = resolve(folder)
  const fileOf = (key: string): string =>
    join(place, `${createHash('sha256').update(key).digest('hex')}.json`)
  // Writes have a lock of their own, so that they can be made while the other is held.
  const turns = createFileLock(place, options)
  const inTurn = <Result>(key: string, work: () => Promise<Result>): Promise<Result> =>
    turns.run(`write ${key}`, () => work().catch(storageFailed))
  const store: KeyValueStore = {
    atomic: true,
    get: (key) => read(fileOf(key)).catch(storageFailed),
    put: (key, value, { ifVersion } = {}) =>
      inTurn(key, async () => {
        const before = ifVersion === undefined ? undefined : await read(fileOf(key))
        if (ifVersion !== undefined && (before?.version ?? 0) !== ifVersion) return undefined
        // Drawn from so many that none comes twice.
        const version = randomInt(1, 2 ** 48 - 1)
        await replace(place, fileOf(key), { value, version })
        return version
      }),
    take: (key) =>
      inTurn(key, async () => {
        const stored = await read(fileOf(key))
        if (stored) await unlink(fileOf(key))
        return stored?.value
      }),
    delete: (key, { ifVersion } = {}) =>
      inTurn(key, async () => {
        const stored = await read(fileOf(key))
        if (stored && (ifVersion === undefined || stored.version === ifVersion)) await unlink(fileOf(key))
      }),
  }
  const lock: Lock = { run: (name, work) => turns.run(`turn ${name}`, work) }
  return { ...store, lock }
}

function storageFailed(error: unknown): never {
  if (error instanceof StorageError) throw error
  const code = String((error as { code?: unknown }).code ?? 'unreadable')
  throw new StorageError('storage_failed', `The token store could not be read or written (${code}).`, {
    reason: code,
  })
}

async function read(file: string): Promise<StoredValue | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : parse(text)
}

/** What somebody else has put there counts as nothing, and is replaced by the next write. */
function parse(text: string): StoredValue | undefined {
  try {
    const stored = Object(JSON.parse(text)) as StoredValue
    return Number.isSafeInteger(stored.version) && 'value' in stored ? stored : undefined
  } catch {
    return undefined
  }
}

async function replace(folder: string, file: string, stored: StoredValue): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomUUID()}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(stored))
    await handle.sync()
    await handle.close()
    await chmod(draft, 0o600)
    await rename(draft, file)
  } catch (error) {
    await handle.close().catch(() => undefined)
    await unlink(draft).catch(() => undefined)
    throw error
  }
}
