import { completeRuntime, type EpochSeconds, type Runtime } from '@oauth-concierge/core'
import { createMemoryStore, createRecords, type HeldRecord, type MemoryRecords } from './memory.ts'
import { recordKind } from './record-kind.ts'
import { createSeal } from './seal.ts'
import type { SessionStore } from './session-store.ts'

/** How sessions are kept in cookies. */
export interface EncryptedCookieOptions {
  /**
   * Secrets of 32 random bytes or more, in base64url or as bytes. The first one encrypts, all of them decrypt: to change it, put the new one in front
   * and take the old one away when its last cookie is over.
   */
  readonly keys: readonly (string | Uint8Array)[]
  /** How many sessions in use are also held in memory. Default 100,000. */
  readonly mostRecords?: number
  readonly runtime?: Partial<Runtime>
}

/** A record as it travels. */
interface Traveller {
  readonly key: string
  readonly record: HeldRecord
}

/** For how long what was ended is remembered: longer than any session. */
const longestMemory = 400 * 86_400
const mostEnded = 100_000

/**
 * Sessions in encrypted cookies of the browsers (AES-256-GCM): nothing is stored on the server, and a restart loses nobody.
 * What this cannot do: processes share neither refreshes nor logouts. Use it with one process, or with sticky sessions and a server that does not
 * rotate refresh tokens; a logout is remembered by the process that did it, until that ends. A session must fit into three cookies (about 8 kB of tokens).
 * @throws UsageError `invalid_configuration`
 */
export function encryptedCookie(options: EncryptedCookieOptions): SessionStore {
  const { clock } = completeRuntime(options.runtime)
  const { mostRecords = 100_000, keys, ...rest } = options
  const now = (): EpochSeconds => clock.wallTime() / 1000
  const ended = createEnded(now)
  const records = createRecords({ ...rest, mostRecords })
  const store = createMemoryStore(rememberEnds(records, ended), rest)
  const seal = createSeal(keys)
  return {
    ...store,
    deleteAll: async (index) => {
      ended.note(index)
      return store.deleteAll(index)
    },
    sealing: {
      open: async (kind, cookie) => {
        const traveller = readTraveller(await seal.open(kind, cookie))
        if (!traveller?.key.startsWith(`${kind}:`) || traveller.record.expiresAt <= now()) return undefined
        if (ended.covers(traveller)) return undefined
        const { key, record } = traveller
        if ((records.get(key)?.version ?? 0) < record.version) records.set(key, record)
        return { key, version: record.version }
      },
      seal: async (key) => {
        const record = records.get(key)
        return record && seal.seal(recordKind(key), JSON.stringify({ key, record }))
      },
    },
  }
}

function readTraveller(text: string | undefined): Traveller | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Traveller)
}

/** What was ended here, by key or by index, and when: cookies from before are worth nothing. */
interface Ended {
  note(name: string): void
  covers(traveller: Traveller): boolean
}

function createEnded(now: () => EpochSeconds): Ended {
  const times = new Map<string, EpochSeconds>()
  return {
    note: (name) => {
      times.delete(name)
      times.set(name, now())
      for (const [oldest, time] of times) {
        if (times.size <= mostEnded && time + longestMemory > now()) return
        times.delete(oldest)
      }
    },
    covers: ({ key, record }) =>
      [key, ...record.indexes].some((name) => (times.get(name) ?? -Infinity) >= record.since),
  }
}

/** The same records, but that an end outlives the record: its cookie may come again. */
function rememberEnds(records: MemoryRecords, ended: Ended): MemoryRecords {
  return {
    ...records,
    remove: (key) => {
      ended.note(key)
      records.remove(key)
    },
  }
}
