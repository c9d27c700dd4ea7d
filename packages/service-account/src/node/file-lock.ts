import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import {
  type Clock,
  completeRuntime,
  createInProcessLock,
  type Lock,
  type Milliseconds,
  StorageError,
} from '@oauth-concierge/core'

/** How long others are waited for. */
export interface FileLockOptions {
  /** After this a waiting caller goes on without its turn. Default 30,000 ms. */
  readonly patience?: Milliseconds
  /** After this a holder counts as gone, where it cannot be seen whether it is. Default 60,000 ms. */
  readonly longestHold?: Milliseconds
  readonly clock?: Clock
}

const pause: Milliseconds = 25

/**
 * A lock among processes, and threads, that share a folder. A holder that has died is noticed at once on its own machine. Tickets are numbered
 * upwards and the highest one always stays, so that a stale ticket is overtaken and never removed: no two waiters can both take it over.
 */
export function createFileLock(folder: string, options: FileLockOptions = {}): Lock {
  const { patience = 30_000, longestHold = 60_000, clock = completeRuntime().clock } = options
  const here = createInProcessLock()
  const enter = async (place: string): Promise<string | undefined> => {
    const end = clock.monotonicTime() + patience
    for (;;) {
      const ticket = await tryToEnter(place, longestHold)
      if (ticket !== undefined || clock.monotonicTime() >= end) return ticket
      await clock.sleep(pause * (0.5 + Math.random()))
    }
  }
  return {
    run: (name, work) =>
      here.run(name, async () => {
        const place = join(folder, `${createHash('sha256').update(name).digest('hex')}.lock`)
        const ticket = await mkdir(place, { recursive: true, mode: 0o700 })
          .then(() => enter(place))
          .catch(storageFailed)
        try {
          return await work(ticket !== undefined)
        } finally {
          if (ticket !== undefined) await rename(ticket, `${ticket}.free`).catch(() => undefined)
        }
      }),
  }
}

function storageFailed(error: unknown): never {
  const code = String((error as { code?: unknown }).code)
  throw new StorageError('storage_failed', `The lock file could not be made (${code}).`, { reason: code })
}

/** A ticket, where the highest one is free, stale, or there is none. */
async function tryToEnter(place: string, longestHold: Milliseconds): Promise<string | undefined> {
  const before = await readTickets(place)
  const last = before.at(-1)
  if (last && !last.isFree && !(await isStale(join(place, last.file), longestHold))) return undefined
  const number = (last?.number ?? 0) + 1
  const ticket = join(place, String(number))
  if (!(await createTicket(ticket))) return undefined
  const others = (await readTickets(place)).filter(({ file }) => file !== String(number))
  if (others.some((other) => other.number >= number)) {
    // The list was old: somebody has been further meanwhile.
    await unlink(ticket).catch(() => undefined)
    return undefined
  }
  await Promise.all(others.map(({ file }) => unlink(join(place, file)).catch(() => undefined)))
  return ticket
}

interface Ticket {
  readonly file: string
  readonly number: number
  readonly isFree: boolean
}

/** Lowest number first; of one number, the free one last. */
async function readTickets(place: string): Promise<readonly Ticket[]> {
  const files = (await readdir(place)).filter((file) => /^\d+(\.free)?$/.test(file))
  return files
    .map((file) => ({ file, number: Number.parseInt(file, 10), isFree: file.endsWith('.free') }))
    .sort((one, other) => one.number - other.number || Number(one.isFree) - Number(other.isFree))
}

/** Whether this process made it, and nobody else. */
async function createTicket(ticket: string): Promise<boolean> {
  const handle = await open(ticket, 'wx', 0o600).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'EEXIST') return undefined
    throw error
  })
  await handle?.writeFile(JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() }))
  await handle?.close()
  return handle !== undefined
}

async function isStale(ticket: string, longestHold: Milliseconds): Promise<boolean> {
  const text = await readFile(ticket, 'utf8').catch(() => '')
  const [, pid = '0', host = ''] = /^\{"pid":(\d+),"host":"([^"]*)"/.exec(text) ?? []
  if (host === hostname() && pid !== '0' && !isAlive(Number(pid))) return true
  const made = await stat(ticket).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > longestHold
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM'
  }
}
