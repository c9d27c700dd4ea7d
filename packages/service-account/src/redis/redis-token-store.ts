import {
  completeRuntime,
  type KeyValueStore,
  type Lock,
  type Milliseconds,
  type Runtime,
  StorageError,
  type StoredValue,
} from '@oauth-concierge/core'
import type { TokenStore } from '../cache/token-store.ts'

/** What is used of a client of Redis: node-redis 4 to 6 has it as it is. */
export interface RedisClient {
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>
}

/** Where in Redis, and for how long. */
export interface RedisTokenStoreOptions {
  /** Default `concierge:`. */
  readonly prefix?: string
  /** After this nothing is left of a value that is not written again. Default: 30 days. */
  readonly keep?: Milliseconds
  /** After this a waiting caller goes on without its turn. Default 30,000 ms. */
  readonly patience?: Milliseconds
  /** After this a holder of the lock counts as gone. Default 60,000 ms. */
  readonly longestHold?: Milliseconds
  readonly runtime?: Partial<Runtime>
}

/** Values are hashes of the value and its version. Each script is one step for everybody. */
const scripts = {
  get: `return redis.call('HMGET', KEYS[1], 'version', 'value')`,
  put: `local before = redis.call('HGET', KEYS[1], 'version') or '0'
if ARGV[3] ~= '' and ARGV[3] ~= before then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'value', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`,
  take: `local value = redis.call('HGET', KEYS[1], 'value')
redis.call('DEL', KEYS[1])
return value`,
  delete: `if ARGV[1] == '' or ARGV[1] == redis.call('HGET', KEYS[1], 'version') then redis.call('DEL', KEYS[1]) end
return 1`,
  enter: `return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) and 1 or 0`,
  leave: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`,
} as const

const pause: Milliseconds = 25

/** Tokens in Redis, for processes on several machines. The client is yours: connect it before, close it after. */
export function redisTokenStore(client: RedisClient, options: RedisTokenStoreOptions = {}): TokenStore {
  const { prefix = 'concierge:', keep = 30 * 86_400_000 } = options
  const run = async (
    script: keyof typeof scripts,
    key: string,
    ...values: readonly string[]
  ): Promise<unknown> => {
    try {
      return await client.eval(scripts[script], { keys: [prefix + key], arguments: [...values] })
    } catch {
      // What the client throws may hold the command with its values.
      throw new StorageError('storage_failed', `Redis did not ${script} a value.`)
    }
  }
  const store: KeyValueStore = {
    atomic: true,
    get: async (key) => parse(await run('get', key)),
    put: async (key, value, { ifVersion } = {}) => {
      const version = newVersion()
      const before = ifVersion === undefined ? '' : String(ifVersion)
      const isWritten = await run('put', key, JSON.stringify(value), String(version), before, String(keep))
      return isWritten === 1 ? version : undefined
    },
    take: async (key) => {
      const value = await run('take', key)
      return typeof value === 'string' ? JSON.parse(value) : undefined
    },
    delete: async (key, { ifVersion } = {}) =>
      void (await run('delete', key, ifVersion === undefined ? '' : String(ifVersion))),
  }
  return { ...store, lock: createRedisLock(run, options) }
}

function createRedisLock(
  run: (script: 'enter' | 'leave', key: string, ...values: readonly string[]) => Promise<unknown>,
  { patience = 30_000, longestHold = 60_000, runtime }: RedisTokenStoreOptions,
): Lock {
  const { clock, random } = completeRuntime(runtime)
  return {
    run: async (name, work) => {
      const key = `lock:${name}`
      const id = crypto.randomUUID()
      const end = clock.monotonicTime() + patience
      let isAlone = false
      while (!isAlone) {
        isAlone = (await run('enter', key, id, String(longestHold))) === 1
        if (!isAlone && clock.monotonicTime() >= end) break
        if (!isAlone) await clock.sleep(pause * (0.5 + random()))
      }
      try {
        return await work(isAlone)
      } finally {
        if (isAlone) await run('leave', key, id).catch(() => undefined)
      }
    },
  }
}

/** Drawn from so many that none comes twice. */
function newVersion(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 20) * 2 ** 32 + low + 1
}

function parse(answer: unknown): StoredValue | undefined {
  const [version, value] = answer as readonly (string | null)[]
  return typeof version === 'string' && typeof value === 'string'
    ? { value: JSON.parse(value), version: Number(version) }
    : undefined
}
