import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'redis'
import { findProgram, howToGet, mustHavePrograms, requireProgram } from '../../tools/ensure-programs.ts'

/** A Redis of our own, on a socket in a folder of its own. */
export interface RedisServer {
  /** Where it listens. */
  readonly path: string
  /** Ends it at once, as a crash does. What it has answered is on disk. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** Why tests with Redis are left out on this machine; undefined where they are not. */
export function whyNoRedis(): string | undefined {
  if (findProgram('redis') || mustHavePrograms()) return undefined
  const reason = `Skipped: tests that need Redis. ${howToGet('redis')}`
  console.log(reason)
  return reason
}

export async function startRedisServer(): Promise<RedisServer> {
  const program = requireProgram('redis')
  const folder = mkdtempSync(join(tmpdir(), 'concierge-redis-'))
  const path = join(folder, 'redis.sock')
  let running: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (!running || running.exitCode !== null) return
    const gone = once(running, 'exit')
    running.kill('SIGKILL')
    await gone
  }
  const start = async (): Promise<void> => {
    const options = ['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '']
    running = spawn(program, [...options, '--appendonly', 'yes', '--appendfsync', 'always'], {
      stdio: 'ignore',
    })
    const client = createClient({ socket: { path, reconnectStrategy: () => 20 } }).on(
      'error',
      () => undefined,
    )
    await client.connect()
    await client.ping()
    client.destroy()
  }
  await start()
  return {
    path,
    kill,
    start,
    close: async () => {
      await kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
