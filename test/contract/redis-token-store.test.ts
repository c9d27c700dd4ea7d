import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { redisTokenStore } from '@oauth-concierge/service-account/redis'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, startRedisServer, whyNoRedis } from '../support/redis-server.ts'

describe.skipIf(whyNoRedis())('the token store in Redis', () => {
  let server: RedisServer
  let client: ReturnType<typeof createClient>

  beforeAll(async () => {
    server = await startRedisServer()
    client = createClient({ socket: { path: server.path, reconnectStrategy: () => 20 } })
    await client.connect()
  })

  afterAll(async () => {
    client?.destroy()
    await server?.close()
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
