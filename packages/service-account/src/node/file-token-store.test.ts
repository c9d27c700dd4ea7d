import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clientCredentials } from '../client-credentials.ts'
import { createTokenCache } from '../cache/token-cache.ts'
import { createTestServer, issuer } from '../test-kit.test-support.ts'
import { createFileLock } from './file-lock.ts'
import { fileTokenStore } from './file-token-store.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concierge-store-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the file token store', () => {
  const places: string[] = []
  const fresh = async () => {
    const place = mkdtempSync(join(tmpdir(), 'concierge-store-'))
    places.push(place)
    return fileTokenStore(join(place, 'tokens'))
  }
  afterEach(() => places.splice(0).forEach((place) => rmSync(place, { recursive: true, force: true })))

  it.each(keyValueStoreCases(fresh))('$name', ({ run }) => run())

  const files = (): readonly string[] =>
    readdirSync(join(folder, 'tokens')).filter((file) => file.endsWith('.json'))

  it('lets nobody else read, whatever the umask, and has no key in a name', async () => {
    const store = fileTokenStore(join(folder, 'tokens'))
    const before = process.umask(0)
    await store.put('tokens of ada', { refreshToken: 'r' })
    process.umask(before)
    const [file = ''] = files()
    expect(statSync(join(folder, 'tokens')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'tokens', file)).mode & 0o777).toBe(0o600)
    expect(file).toMatch(/^[\da-f]{64}\.json$/)
  })

  it('replaces a file whole, and leaves no draft behind', async () => {
    const store = fileTokenStore(join(folder, 'tokens'))
    await store.put('a', 1)
    const [file = ''] = files()
    const before = statSync(join(folder, 'tokens', file)).ino
    await store.put('a', 2)
    expect(statSync(join(folder, 'tokens', file)).ino).not.toBe(before)
    expect(readdirSync(join(folder, 'tokens')).filter((name) => name.includes('.json.'))).toEqual([])
  })

  it('takes a file that is damaged for none', async () => {
    const store = fileTokenStore(join(folder, 'tokens'))
    await store.put('a', 1)
    const [file = ''] = files()
    for (const text of ['{"value":', '[]', '{"version":1.5,"value":1}', '']) {
      writeFileSync(join(folder, 'tokens', file), text)
      await expect(store.get('a')).resolves.toBeUndefined()
    }
    await store.put('a', 2, { ifVersion: 0 })
    await expect(store.get('a')).resolves.toMatchObject({ value: 2 })
  })

  it('that cannot write says so', async () => {
    const store = fileTokenStore('/dev/null/tokens')
    await expect(store.put('a', 1)).rejects.toMatchObject({ name: 'StorageError', code: 'storage_failed' })
    await expect(store.get('a')).rejects.toMatchObject({ code: 'storage_failed' })
  })
})

describe('a token source with a store', () => {
  const daemon = (server: ReturnType<typeof createTestServer>, store = fileTokenStore(folder)) =>
    clientCredentials({
      issuer,
      clientId: 'd',
      clientSecret: 's',
      runtime: server.runtime,
      cache: createTokenCache(),
      store,
    })

  it('finds the token of another process', async () => {
    const server = createTestServer()
    const token = await daemon(server).getAccessToken()
    await expect(daemon(server).getAccessToken()).resolves.toBe(token)
    expect(server.forms()).toHaveLength(1)
  })

  it('knows how old that is', async () => {
    const server = createTestServer()
    await daemon(server).getAccessToken()
    await server.clock.advance(3_000)
    const { expiresAt } = await daemon(server).getToken()
    expect(expiresAt - server.clock.wallTime() / 1000).toBe(600)
    await server.clock.advance(500)
    await daemon(server).getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it('does not take one from the future', async () => {
    const server = createTestServer()
    await daemon(server).getAccessToken()
    server.clock.setWallTime(server.clock.wallTime() / 1000 - 60)
    await daemon(server).getAccessToken()
    expect(server.forms()).toHaveLength(2)
  })

  it('goes on in memory where the store fails', async () => {
    const server = createTestServer()
    const store = fileTokenStore(folder)
    const failing = {
      ...store,
      get: () => Promise.reject(new Error('x')),
      put: () => Promise.reject(new Error('x')),
    }
    const source = daemon(server, failing)
    await source.getAccessToken()
    await source.getAccessToken()
    expect(server.forms()).toHaveLength(1)
  })
})

describe('the file lock', () => {
  const lockPlace = () => join(folder, readdirSync(folder).find((name) => name.endsWith('.lock')) ?? '')

  it('lets one in at a time, over objects that share a folder', async () => {
    let inside = 0
    let most = 0
    const work = async (isAlone: boolean): Promise<void> => {
      expect(isAlone).toBe(true)
      inside += 1
      most = Math.max(most, inside)
      await new Promise((resolve) => setImmediate(resolve))
      inside -= 1
    }
    await Promise.all(Array.from({ length: 20 }, () => createFileLock(folder).run('a', work)))
    expect(most).toBe(1)
  })

  it('is freed by work that fails, and others pass meanwhile', async () => {
    const lock = createFileLock(folder)
    await expect(lock.run('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    await lock.run('a', () => createFileLock(folder).run('b', async (isAlone) => expect(isAlone).toBe(true)))
  })

  it('of a holder that lives is waited for, and no longer than that', async () => {
    const impatient = createFileLock(folder, { patience: 50 })
    await createFileLock(folder).run('a', () =>
      impatient.run('a', async (isAlone) => expect(isAlone).toBe(false)),
    )
    await impatient.run('a', async (isAlone) => expect(isAlone).toBe(true))
  })

  it.each([
    ['has died', () => JSON.stringify({ pid: deadPid, host: hostname() }), 0, true],
    ['is on another machine', () => JSON.stringify({ pid: 1, host: 'elsewhere' }), 0, false],
    ['was on another machine long ago', () => JSON.stringify({ pid: 1, host: 'elsewhere' }), 61, true],
    ['has not said yet who it is', () => '', 0, false],
  ])('of a holder that %s', async (_, content, age, expected) => {
    await createFileLock(folder).run('a', async () => undefined)
    const ticket = join(lockPlace(), '7')
    writeFileSync(ticket, content())
    const made = Date.now() / 1000 - age
    utimesSync(ticket, made, made)
    const entered = await createFileLock(folder, { patience: 60 }).run('a', async (isAlone) => isAlone)
    expect(entered).toBe(expected)
  })

  it('leaves one ticket behind', async () => {
    for (let round = 0; round < 5; round += 1) await createFileLock(folder).run('a', async () => undefined)
    expect(readdirSync(lockPlace())).toEqual(['5.free'])
  })

  it('that cannot be made says so', async () => {
    await expect(createFileLock('/dev/null').run('a', async () => 1)).rejects.toMatchObject({
      code: 'storage_failed',
    })
  })
})

/** A process id that no process has. */
const deadPid = 4_194_305
