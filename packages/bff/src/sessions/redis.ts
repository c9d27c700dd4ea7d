import { completeRuntime, type Milliseconds, type Runtime } from '@oauth-concierge/core'
import { createLeaseLock, type Leases } from './lease-lock.ts'
import { newVersion } from './new-version.ts'
import { createPersistentCommands, type SendCommand } from './persistent-commands.ts'
import * as scripts from './redis-scripts.ts'
import type { SessionStore } from './session-store.ts'

/** What is used of a client of the package `redis`, connected. */
export interface RedisClient {
  sendCommand(command: readonly string[]): Promise<unknown>
}

/** How a Redis is used. */
export interface RedisOptions {
  /** What every key begins with. Default `concierge:`. Another one for each BFF that shares the Redis. */
  readonly prefix?: string
  /** For how long a question waits for the server to come back; a write waits four times as long. Default 15,000. */
  readonly patience?: Milliseconds
  /** After that long without a sign of life, a process that renews a session counts as dead. Default 5,000. */
  readonly lease?: Milliseconds
  readonly runtime?: Partial<Runtime>
}

/**
 * Sessions in Redis 7 or Valkey: for any number of processes and machines. A session is renewed by one of them at a time, may be ended by any of them,
 * and ends by itself when its time is over. The server must write to disk before it answers (`appendonly yes`), or its restart ends sessions.
 * The client stays the caller's: connect it first, listen to its errors, close it last.
 */
export function redis(client: RedisClient, options: RedisOptions = {}): SessionStore {
  const { prefix = 'concierge:', patience = 15_000, lease = 5_000 } = options
  const runtime = completeRuntime(options.runtime)
  const sendOnce: SendCommand = (command) => client.sendCommand(command)
  const send = createPersistentCommands(sendOnce, runtime, patience)
  // What was renewed already is not given up as soon as what was only asked for.
  const sendWrite = createPersistentCommands(sendOnce, runtime, 4 * patience)
  const evaluate =
    (send: SendCommand): RunScript =>
    (script, key, ...parameters) =>
      send(['EVAL', script, '1', `${prefix}${key}`, ...parameters])
  const [run, runWrite] = [evaluate(send), evaluate(sendWrite)]
  const nameOf = (index: string): string => `index:${index}`
  return {
    look: async (key) => {
      const [version, end] = await readFields(send, `${prefix}${key}`, ['v', 'e'])
      return version === undefined ? undefined : { version: Number(version), expiresAt: Number(end) / 1000 }
    },
    read: async (key) => {
      const [version, end, data = ''] = await readFields(send, `${prefix}${key}`, ['v', 'e', 'd'])
      if (version === undefined) return undefined
      return { value: parse(data), version: Number(version), expiresAt: Number(end) / 1000 }
    },
    write: async (key, value, { expiresAt, ifVersion = '', indexes = [] }) => {
      const version = newVersion()
      const names = JSON.stringify(indexes.map((index) => `${prefix}${nameOf(index)}`))
      const fields = [
        String(version),
        JSON.stringify(value),
        milliseconds(expiresAt),
        String(ifVersion),
        names,
      ]
      return (await runWrite(scripts.write, key, ...fields)) === 1 ? version : undefined
    },
    touch: async (key, expiresAt) => void (await run(scripts.touch, key, milliseconds(expiresAt))),
    delete: async (key, { ifVersion = '' } = {}) => void (await run(scripts.remove, key, String(ifVersion))),
    deleteAll: async (index) => Number(await run(scripts.removeAll, nameOf(index))),
    lock: createLeaseLock(createLeases(run), runtime, { lease, patience: 4 * lease + patience }),
  }
}

type RunScript = (script: string, key: string, ...parameters: readonly string[]) => Promise<unknown>

function createLeases(run: RunScript): Leases {
  return {
    acquire: async (name, holder, duration) =>
      String(await run(scripts.acquire, `lock:${name}`, holder, String(duration))) || undefined,
    takeOver: async (name, holder, { sign, duration }) =>
      (await run(scripts.takeOver, `lock:${name}`, holder, String(duration), sign)) === 1,
    renew: async (name, holder, duration) =>
      (await run(scripts.renew, `lock:${name}`, holder, String(duration))) === 1,
    release: async (name, holder) => void (await run(scripts.release, `lock:${name}`, holder)),
  }
}

async function readFields(
  send: SendCommand,
  key: string,
  fields: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const reply = await send(['HMGET', key, ...fields])
  return Array.isArray(reply) ? reply.map((field) => (field === null ? undefined : String(field))) : []
}

/** What somebody else wrote under our prefix is no record of a session: whoever reads it looks at its form. */
function parse(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return undefined
  }
}

function milliseconds(seconds: number): string {
  return String(Math.floor(seconds * 1000))
}
