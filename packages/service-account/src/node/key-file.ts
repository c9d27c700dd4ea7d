import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type CredentialReader, unreadable } from '../credentials/credential-source.ts'
import { readField } from '../credentials/token-from-url.ts'

/** How much is asked of a file with a key in it. */
export interface KeyFileOptions {
  /**
   * Refuses a file that others than its owner can read, and a link in its place. Default false: the first is warned of, since volumes of
   * secrets are often mounted so, as links. A file that others can write is refused in any case.
   */
  readonly strict?: boolean
  /** Default: `process.emitWarning`. */
  readonly warn?: (message: string) => void
}

const largestFile = 1_048_576
const othersRead = 0o044
const othersWrite = 0o022

/**
 * Credentials in a file, which is looked at before each exchange and read again when it has changed: no watcher, so it also notices what is
 * swapped by link, as volumes of secrets are, or changed over a network.
 */
export function keyFile(
  path: string,
  { strict = false, warn = emitWarning }: KeyFileOptions = {},
): CredentialReader {
  const place = resolve(path)
  let seen: string | undefined
  let hasWarned = false
  const check = (stats: Stats): void => {
    const problem = modeProblemOf(stats, strict)
    if (problem) throw unreadable(place, problem)
    if (process.platform === 'win32' || (stats.mode & othersRead) === 0 || hasWarned) return
    hasWarned = true
    warn(`${place} holds a private key and can be read by others than its owner: chmod 600.`)
  }
  return {
    place,
    identity: place,
    read: async () => {
      if (strict && (await lstat(place).catch(fail(place))).isSymbolicLink())
        throw unreadable(place, 'it is a link.')
      const { text, stats } = await readBounded(place, check)
      seen = versionOf(stats)
      return text
    },
    hasChanged: async () => {
      const stats = await stat(place).catch(() => undefined)
      return stats !== undefined && versionOf(stats) !== seen
    },
  }
}

function emitWarning(message: string): void {
  process.emitWarning(message, { code: 'CONCIERGE_KEY_FILE' })
}

function problemOf(stats: Stats): string | undefined {
  if (stats.isDirectory()) return 'it is a directory.'
  if (!stats.isFile()) return 'it is no regular file.'
  return stats.size > largestFile ? `it has more than ${largestFile} bytes.` : undefined
}

function modeProblemOf({ mode }: Stats, strict: boolean): string | undefined {
  if (process.platform === 'win32') return undefined
  if ((mode & othersWrite) !== 0) return 'others than its owner can write it: chmod 600.'
  return strict && (mode & othersRead) !== 0 ? 'others than its owner can read it: chmod 600.' : undefined
}

function versionOf({ mtimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${size} ${ino}`
}

function fail(place: string): (error: unknown) => never {
  return (error) => {
    throw unreadable(place, `it cannot be read (${String((error as { code?: unknown }).code)}).`)
  }
}

/** Reads a regular file of bounded size. What `check` throws ends it before anything is read. */
async function readBounded(
  place: string,
  check?: (stats: Stats) => void,
): Promise<{ readonly text: string; readonly stats: Stats }> {
  // A pipe in place of the file must not keep the process waiting.
  const handle = await open(place, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(fail(place))
  try {
    const stats = await handle.stat()
    const problem = problemOf(stats)
    if (problem) throw unreadable(place, problem)
    check?.(stats)
    return { text: textOf(await readAll(handle, place)), stats }
  } finally {
    await handle.close()
  }
}

async function readAll(handle: FileHandle, place: string): Promise<Buffer> {
  const buffer = Buffer.alloc(largestFile + 1)
  let size = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, size, buffer.length - size).catch(fail(place))
    size += bytesRead
    if (size > largestFile) throw unreadable(place, `it has more than ${largestFile} bytes.`)
    if (bytesRead === 0) return buffer.subarray(0, size)
  }
}

/** A key in DER is no text: it goes on as base64, by which it can be recognised. */
function textOf(bytes: Buffer): string {
  const isDer = bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80
  return bytes.toString(isDer ? 'base64' : 'utf8')
}

/**
 * A token in a file, such as a projected token of Kubernetes or a JWT-SVID of SPIFFE: read anew for each exchange.
 * @param options.field the member of a JSON file that holds the token; default: the file is the token
 */
export function tokenFromFile(path: string, options: { readonly field?: string } = {}): CredentialReader {
  const place = resolve(path)
  const { field } = options
  return {
    place,
    identity: `${place} ${field ?? ''}`,
    read: async () => {
      const { text } = await readBounded(place)
      return field === undefined ? text : readField(text, field, place)
    },
  }
}
