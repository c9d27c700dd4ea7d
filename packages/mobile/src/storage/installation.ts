import type { TextStorage } from '../shell.ts'
import type { BoxStore } from './box-store.ts'
import { storageFailure } from './storage-failure.ts'

/** The two sides that must know of each other, and what goes when they do not. */
export interface InstallationSides {
  /** What is deleted together with the app. */
  readonly installation: TextStorage
  /** What outlives it. */
  readonly secure: TextStorage
  readonly name: string
  readonly boxes: readonly BoxStore[]
}

/**
 * Tells tokens of this installation from those of one that is gone: both sides hold the same random id. Where the app's own side was wiped (a
 * reinstall, cleared data) or belongs to another device (a restored backup), what the secure side holds is thrown away: logged out, and clean.
 * While neither side can be read, as on an iPhone that was not unlocked since it started, nothing is thrown away.
 * @throws StorageError `storage_failed`
 */
export async function checkInstallation(sides: InstallationSides): Promise<void> {
  await compareSides(sides).catch((error: unknown) =>
    Promise.reject(storageFailure('compare its sides', error)),
  )
}

async function compareSides({ installation, secure, name, boxes }: InstallationSides): Promise<void> {
  const [own, kept] = await Promise.all([installation.read(name), secure.read(name)])
  if (own !== undefined && own === kept) return
  if (kept !== undefined) for (const box of boxes) await box.wipe()
  const id = (kept === undefined ? own : undefined) ?? newId()
  await secure.write(name, id)
  await installation.write(name, id)
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('')
}
