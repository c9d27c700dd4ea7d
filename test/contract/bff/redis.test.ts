import { redis } from '@oauth-concierge/bff/redis'
import { sessionStoreCases } from '@oauth-concierge/bff/testing'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RedisServer, startRedisServer, whyNoRedis } from '../../support/redis-server.ts'

const later = (): number => Date.now() / 1000 + 60

describe.skipIf(whyNoRedis())('sessions in Redis', () => {
  let server: RedisServer
  const newClient = () => createClient({ socket: { path: server.path, reconnectStrategy: () => 20 } })
  let clients: ReturnType<typeof newClient>[] = []
  let prefixes = 0

  const connect = async () => {
    const client = newClient()
    client.on('error', () => undefined)
    await client.connect()
    clients.push(client)
    return client
  }
  const newPrefix = (): string => `t${(prefixes += 1)}:`

  beforeAll(async () => {
    server = await startRedisServer()
  })
  afterEach(() => {
    for (const client of clients) client.destroy()
    clients = []
  })
  afterAll(() => server.close())

  it.each(sessionStoreCases(async () => redis(await connect(), { prefix: newPrefix() })))(
    '$name',
    ({ run }) => run(),
  )

  it('are written over, and ended, by every process that shares them', async () => {
    const prefix = newPrefix()
    const [one, two] = [redis(await connect(), { prefix }), redis(await connect(), { prefix })]
    const version = await one.write('session:a', 'one', { expiresAt: later(), indexes: ['sub ada'] })
    expect(
      await two.write('session:a', 'two', {
        expiresAt: later(),
        ifVersion: version ?? -1,
        indexes: ['sub ada'],
      }),
    ).toBeDefined()
    expect(
      await one.write('session:a', 'late', { expiresAt: later(), ifVersion: version ?? -1 }),
    ).toBeUndefined()
    expect((await one.read('session:a'))?.value).toBe('two')
    expect(await one.deleteAll('sub ada')).toBe(1)
    expect(await two.look('session:a')).toBeUndefined()
  })

  it('leave nothing behind when their time is over', async () => {
    const client = await connect()
    const store = redis(client, { prefix: 'gone:' })
    await store.write('session:a', 1, { expiresAt: Date.now() / 1000 + 0.05, indexes: ['sub ada'] })
    await vi.waitFor(async () => expect(await client.keys('gone:*')).toEqual([]))
  })

  it('are written once, though the write was sent twice because its answer was lost', async () => {
    const client = await connect()
    let isLost = true
    const store = redis(
      {
        sendCommand: async (command) => {
          const reply = await client.sendCommand([...command])
          if (!isLost || command[0] !== 'EVAL') return reply
          isLost = false
          throw new Error('Socket closed unexpectedly')
        },
      },
      { prefix: newPrefix() },
    )
    const version = await store.write('session:a', 1, { expiresAt: later(), ifVersion: 0 })
    expect(isLost).toBe(false)
    expect((await store.look('session:a'))?.version).toBe(version)
  })

  it('outlive a crash of the server, and so do commands that were under way', async () => {
    const store = redis(await connect(), { prefix: newPrefix() })
    const version = await store.write('session:a', 1, { expiresAt: later() })
    await server.kill()
    const waiting = Promise.all([
      store.look('session:a'),
      store.write('session:b', 2, { expiresAt: later() }),
    ])
    await server.start()
    const [mark] = await waiting
    expect(mark?.version).toBe(version)
    expect((await store.read('session:b'))?.value).toBe(2)
  })

  it('fail in the words of the SDK while the server stays away', async () => {
    const store = redis(await connect(), { patience: 200 })
    await server.kill()
    try {
      const failure = { code: 'storage_failed', message: expect.not.stringContaining('session:') }
      await expect(store.look('session:a')).rejects.toMatchObject(failure)
      let hasRun = false
      const work = async (): Promise<void> => void (hasRun = true)
      await expect(store.lock.run('a', work)).rejects.toMatchObject(failure)
      expect(hasRun).toBe(false)
    } finally {
      await server.start()
    }
  })

  it('are not taken for sessions where somebody else wrote under their key', async () => {
    const client = await connect()
    const store = redis(client, { prefix: 'bad:' })
    await client.hSet('bad:session:a', { v: '1', e: String(Date.now() + 60_000), d: '{"half' })
    expect((await store.read('session:a'))?.value).toBeUndefined()
    await client.set('bad:session:b', 'text')
    await expect(store.read('session:b')).rejects.toMatchObject({ code: 'storage_failed' })
  })

  it('wait for a holder that lives, and not for one that is dead', async () => {
    const prefix = newPrefix()
    const lease = 300
    const [one, two] = [redis(await connect(), { prefix, lease }), redis(await connect(), { prefix, lease })]
    const log: string[] = []
    const slow = one.lock.run('a', async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * lease))
      log.push('slow')
    })
    await vi.waitFor(async () => expect(await clients[0]?.exists(`${prefix}lock:a`)).toBe(1))
    const other = two.lock.run('a', async (isAlone) => void log.push(`other ${isAlone}`))
    await Promise.all([slow, other])
    expect(log).toEqual(['slow', 'other true'])
    await clients[0]?.hSet(`${prefix}lock:a`, { holder: 'one that died', beat: '3' })
    await two.lock.run('a', async (isAlone) => void log.push(`after ${isAlone}`))
    expect(log.at(-1)).toBe('after true')
  })

  it('are not taken from a holder by an outage of the server, however long', async () => {
    const prefix = newPrefix()
    const lease = 400
    const [one, two] = [redis(await connect(), { prefix, lease }), redis(await connect(), { prefix, lease })]
    const log: string[] = []
    let end = (): void => undefined
    const ended = new Promise<void>((resolve) => (end = resolve))
    const holding = one.lock.run('a', async () => {
      await ended
      log.push('holder')
    })
    await vi.waitFor(async () => expect(await clients[0]?.exists(`${prefix}lock:a`)).toBe(1))
    const waiting = two.lock.run('a', async () => void log.push('other'))
    await server.kill()
    await new Promise((resolve) => setTimeout(resolve, 3 * lease))
    await server.start()
    await new Promise((resolve) => setTimeout(resolve, 2 * lease))
    end()
    await Promise.all([holding, waiting])
    expect(log).toEqual(['holder', 'other'])
  })

  it('do not let a holder that slept through its lease write over what came after', async () => {
    const prefix = newPrefix()
    const [sleepy, other] = [redis(await connect(), { prefix }), redis(await connect(), { prefix })]
    await sleepy.write('session:a', 'start', { expiresAt: later() })
    let wake = (): void => undefined
    const asleep = new Promise<void>((resolve) => (wake = resolve))
    const late = sleepy.lock.run('a', async () => {
      const before = await sleepy.look('session:a')
      await asleep
      return sleepy.write('session:a', 'late', { expiresAt: later(), ifVersion: before?.version ?? -1 })
    })
    await vi.waitFor(async () => expect(await clients[0]?.exists(`${prefix}lock:a`)).toBe(1))
    // The lease is over as far as the others can see.
    await clients[0]?.del(`${prefix}lock:a`)
    await other.lock.run('a', async () => {
      const before = await other.look('session:a')
      await other.write('session:a', 'theirs', { expiresAt: later(), ifVersion: before?.version ?? -1 })
    })
    wake()
    expect(await late).toBeUndefined()
    expect((await other.read('session:a'))?.value).toBe('theirs')
  })
})
