import { keyStoreCases } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { mangleKeys, type RawDatabase, refuseKeys, stubIndexedDb } from './fake-database.test-support.ts'
import { createIndexedDbKeyStore } from './indexed-db-key-store.ts'

let raw: RawDatabase

beforeEach(() => {
  raw = stubIndexedDb()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

const createPair = (): Promise<CryptoKeyPair> =>
  crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])

describe('the IndexedDB key store', () => {
  it.each(keyStoreCases(async () => createIndexedDbKeyStore()))('$name', ({ run }) => run())

  it('gives one pair to all tabs that put at once', async () => {
    const tabs = [createIndexedDbKeyStore(), createIndexedDbKeyStore(), createIndexedDbKeyStore()]
    const kept = await Promise.all(tabs.map(async (tab) => tab.put('name', await createPair())))
    const signature = await sign(kept[0])
    for (const pair of kept) expect(await verify(pair, signature)).toBe(true)
  })

  it('writes over what is no pair of keys', async () => {
    const keys = createIndexedDbKeyStore()
    await keys.put('name', await createPair())
    const [[key, entry] = []] = await raw.entries()
    await raw.set(key ?? '', { ...(entry as object), value: { privateKey: {}, publicKey: {} } })
    expect(await keys.get('name')).toBeUndefined()
    const pair = await createPair()
    expect(await verify(await keys.put('name', pair), await sign(pair))).toBe(true)
  })
})

describe('a browser that cannot keep a CryptoKey', () => {
  it('and says so, gets no key to keep', async () => {
    refuseKeys()
    const keys = createIndexedDbKeyStore()
    await expect(keys.put('name', await createPair())).rejects.toMatchObject({ code: 'key_not_kept' })
  })

  it('and keeps something else in its place, is found out', async () => {
    mangleKeys()
    const keys = createIndexedDbKeyStore()
    await expect(keys.put('name', await createPair())).rejects.toMatchObject({ code: 'key_not_kept' })
    expect(await raw.entries()).toEqual([])
  })
})

const ecdsa = { name: 'ECDSA', hash: 'SHA-256' }
const data = new TextEncoder().encode('a proof')

function sign(pair: CryptoKeyPair | undefined): Promise<ArrayBuffer> {
  if (!pair) throw new Error('There is no pair.')
  return crypto.subtle.sign(ecdsa, pair.privateKey, data)
}

function verify(pair: CryptoKeyPair, signature: ArrayBuffer): Promise<boolean> {
  return crypto.subtle.verify(ecdsa, pair.publicKey, signature, data)
}
