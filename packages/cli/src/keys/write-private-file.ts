import { randomUUID } from 'node:crypto'
import { chmod, link, open, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StorageError } from '@oauth-concierge/core'
import { wrongUsage } from '../command.ts'

/**
 * Writes a file that its owner alone can read, whole or not at all. What stands there already stays, unless it is to be replaced.
 * @throws UsageError `invalid_configuration` where the file exists; StorageError `storage_failed`
 */
export async function writePrivateFile(
  path: string,
  content: string,
  { replace }: { readonly replace: boolean },
): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(draft, 0o600)
    // A link is made only where there is nothing yet.
    if (replace) await rename(draft, path)
    else await link(draft, path)
  } catch (error) {
    throw describe(error, path)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

function describe(error: unknown, path: string): Error {
  const code = String((error as { code?: unknown }).code)
  if (code === 'EEXIST') return wrongUsage(`${path} exists already, and is not overwritten without --force.`)
  return new StorageError('storage_failed', `${path} could not be written (${code}).`, { reason: code })
}
