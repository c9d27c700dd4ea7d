import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { UsageError } from '@oauth-concierge/core'

/** A file, and who may touch it. */
export interface FileContent {
  readonly bytes: Buffer
  /** Permission bits. */
  readonly mode: number
}

const largestFile = 1_048_576

/** Reads a file of at most 1 MiB. @throws UsageError `credentials_unreadable` */
export async function readSmallFile(path: string): Promise<FileContent> {
  // A pipe that nobody writes to would keep us waiting.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw unreadable(path, `it cannot be opened (${String((error as { code?: unknown }).code)}).`)
  })
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw unreadable(path, 'it is no regular file.')
    if (stats.size > largestFile) throw unreadable(path, `it has more than ${largestFile} bytes.`)
    return { bytes: await handle.readFile(), mode: stats.mode & 0o777 }
  } finally {
    await handle.close()
  }
}

/** Reads a file with JSON in it. @throws UsageError `credentials_unreadable` */
export async function readJsonFile(path: string): Promise<unknown> {
  const { bytes } = await readSmallFile(path)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw unreadable(path, 'it holds no JSON.')
  }
}

/** What to say of a file that is no use. It never holds a part of it. */
export function unreadable(place: string, problem: string): UsageError {
  return new UsageError('credentials_unreadable', `${place}: ${problem}`)
}
