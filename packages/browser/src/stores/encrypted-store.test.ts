import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEncryptedStore } from './encrypted-store.ts'
import type { Entry } from './entry.ts'
import {
  fillUp,
  mangleKeys,
  type RawDatabase,
  refuseKeys,
  stubIndexedDb,
} from './fake-database.test-support.ts'
import { createIndexedDbStore } from './indexed-db-store.ts'
import type { Sealed } from './seal.ts'

const place = 'concierge:tokens:spa@https://id.example.com'
const secret = 'a-refresh-token'

let raw: RawDatabase

beforeEach(() => {
  raw = stubIndexedDb()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

describe('the encrypted store', () => {
  it.each(keyValueStoreCases(async () => createEncryptedStore()))('$name', ({ run }) => run())

  it('shares its entries with every other store of the same database', async () => {
    const version = await createEncryptedStore().put(place, { secret })
    expect(await createEncryptedStore().get(place)).toEqual({ value: { secret }, version })
  })

  it('S01: leaves nothing to read in a dump of the database', async () => {
    await createEncryptedStore().put(place, { secret })
    const { value } = (await raw.get(place)) as Entry & { value: Sealed }
    expect(Object.keys(value)).toEqual(['key', 'iv', 'data'])
    expect(Buffer.from(value.data).toString('latin1')).not.toContain(secret)
    expect(value.key.extractable).toBe(false)
    await expect(crypto.subtle.exportKey('raw', value.key)).rejects.toThrow()
  })

  it('S10: uses no initialization vector and no key twice', async () => {
    const store = createEncryptedStore()
    const seen = new Set<string>()
    const ciphertexts = new Set<string>()
    const writes = 300
    for (let write = 0; write < writes; write += 1) {
      await store.put(place, { secret })
      const { value } = (await raw.get(place)) as Entry & { value: Sealed }
      seen.add(Buffer.from(value.iv).toString('hex'))
      ciphertexts.add(Buffer.from(value.data).toString('hex'))
    }
    expect([seen.size, ciphertexts.size]).toEqual([writes, writes])
  })
})

describe('an entry that somebody has been at', () => {
  const reencode = (change: (sealed: Sealed) => object) => (entry: Entry) => ({
    ...entry,
    value: change(entry.value as Sealed),
  })
  const flip = (data: ArrayBuffer, at: number): ArrayBuffer => {
    const bytes = new Uint8Array(data.slice(0))
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return bytes.buffer
  }
  const faults: readonly (readonly [string, (entry: Entry) => unknown])[] = [
    ['S04: cut off', reencode((sealed) => ({ ...sealed, data: sealed.data.slice(0, -1) }))],
    ['S04: empty', reencode((sealed) => ({ ...sealed, data: new ArrayBuffer(0) }))],
    ['S05: edited', reencode((sealed) => ({ ...sealed, data: flip(sealed.data, 3) }))],
    [
      'S05: with an edited vector',
      reencode((sealed) => ({ ...sealed, iv: new Uint8Array(flip(sealed.iv.buffer, 0)) })),
    ],
    ['S05: replaced by plain text', (entry) => ({ ...entry, value: { secret: 'forged' } })],
    ['S09: with its key lost', reencode(({ iv, data }) => ({ iv, data }))],
    ['S09: with its key damaged', reencode((sealed) => ({ ...sealed, key: {} }))],
    ['of other types', reencode(() => ({ key: 1, iv: 'two', data: [3] }))],
  ]

  it.each(faults)('%s, counts as absent and is removed', async (_, change) => {
    const store = createEncryptedStore()
    await store.put(place, { secret })
    await raw.set(place, change((await raw.get(place)) as Entry))
    expect(await store.get(place)).toBeUndefined()
    expect(await raw.entries()).toEqual([])
    expect(await store.put(place, { secret }, { ifVersion: 0 })).toBeDefined()
  })

  it.each(faults)('%s, gives nothing to whoever takes it', async (_, change) => {
    const store = createEncryptedStore()
    await store.put(place, { secret })
    await raw.set(place, change((await raw.get(place)) as Entry))
    expect(await store.take(place)).toBeUndefined()
    expect(await raw.entries()).toEqual([])
  })

  it('S05: moved from another client or issuer, counts as absent', async () => {
    const store = createEncryptedStore()
    await store.put('concierge:tokens:other@https://id.example.com', { secret: 'of another client' })
    await raw.set(place, await raw.get('concierge:tokens:other@https://id.example.com'))
    expect(await store.get(place)).toBeUndefined()
    expect((await raw.entries()).map(([key]) => key)).toEqual([
      'concierge:tokens:other@https://id.example.com',
    ])
  })

  it('S10: with an older ciphertext put back, counts as absent', async () => {
    const store = createEncryptedStore()
    await store.put(place, { secret: 'of another user' })
    const before = (await raw.get(place)) as Entry & { value: Sealed }
    await store.put(place, { secret })
    const now = (await raw.get(place)) as Entry & { value: Sealed }
    const { iv, data } = before.value
    await raw.set(place, { ...now, value: { ...now.value, iv, data } })
    expect(await store.get(place)).toBeUndefined()
  })

  it('by having been written in plain text by another store, is not taken for its own', async () => {
    await createIndexedDbStore().put(place, { secret })
    expect(await createEncryptedStore().get(place)).toBeUndefined()
  })
})

describe('a browser that cannot keep a CryptoKey', () => {
  it.each([
    ['and says so', refuseKeys],
    ['and keeps something else in its place', mangleKeys],
  ])('%s, gets nothing to keep, least of all plain text', async (_, spoil) => {
    spoil()
    await expect(createEncryptedStore().put(place, { secret })).rejects.toMatchObject({
      code: 'key_not_kept',
    })
    expect(await raw.entries()).toEqual([])
  })
})

it('S02: says that the store is full', async () => {
  fillUp()
  await expect(createEncryptedStore().put(place, { secret })).rejects.toMatchObject({ code: 'storage_full' })
})
