import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findProgram, howToGet, mustHavePrograms } from '../../tools/ensure-programs.ts'
import { redisTokenStore } from '@oauth-concierge/service-account/redis'

const program = findProgram('redis')
if (!program && !mustHavePrograms()) console.warn(`Skipped: the token store in Redis. ${howToGet('redis')}`)

let server: ChildProcess
let client: ReturnType<typeof createClient>
let folder: string

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })

describe.skipIf(!program && !mustHavePrograms())('the token store in Redis', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'concierge-redis-'))
    const port = await freePort()
    const options = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ]
    server = spawn(program ?? 'redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] })
    await new Promise<void>((resolve, reject) => {
      server.on('error', reject)
      server.stdout?.on('data', (chunk: Buffer) => chunk.includes('Ready to accept connections') && resolve())
    })
    client = createClient({ socket: { host: '127.0.0.1', port } })
    await client.connect()
  })

  afterAll(() => {
    client?.destroy()
    server?.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  let stores = 0
  it.each(keyValueStoreCases(async () => redisTokenStore(client, { prefix: `test-${(stores += 1)}:` })))(
    '$name',
    ({ run }) => run(),
  )

  it('lets one in at a time, and frees the lock after work that fails', async () => {
    let inside = 0
    let most = 0
    const work = async (): Promise<void> => {
      inside += 1
      most = Math.max(most, inside)
      await client.ping()
      inside -= 1
    }
    await Promise.all(Array.from({ length: 10 }, () => redisTokenStore(client).lock.run('a', work)))
    expect(most).toBe(1)
    await expect(
      redisTokenStore(client).lock.run('a', () => Promise.reject(new Error('failed'))),
    ).rejects.toThrow('failed')
    await redisTokenStore(client).lock.run('a', async (isAlone) => expect(isAlone).toBe(true))
  })

  it('waits for a holder, and no longer than that; one that is gone is not waited for', async () => {
    const impatient = redisTokenStore(client, { patience: 50 })
    await redisTokenStore(client).lock.run('b', () =>
      impatient.lock.run('b', async (isAlone) => expect(isAlone).toBe(false)),
    )
    await redisTokenStore(client, { longestHold: 1 }).lock.run('c', async () => {
      await redisTokenStore(client).lock.run('c', async (isAlone) => expect(isAlone).toBe(true))
    })
  })

  it('forgets what is not written again', async () => {
    const store = redisTokenStore(client, { keep: 60_000, prefix: 'kept:' })
    await store.put('a', 1)
    const left = await client.pTTL('kept:a')
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(60_000)
  })

  it('that fails says so, without what the client says', async () => {
    const failing = redisTokenStore({ eval: () => Promise.reject(new Error('canary')) })
    const error: unknown = await failing.put('a', 'canary').catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'StorageError', code: 'storage_failed' })
    expect(JSON.stringify(error)).not.toContain('canary')
  })
})
