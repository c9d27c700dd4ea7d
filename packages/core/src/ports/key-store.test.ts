import { describe, expect, it } from 'vitest'
import { keyStoreCases } from '../testing/key-store-suite.ts'
import { createMemoryKeyStore, type KeyStore } from './key-store.ts'

describe('the key store in memory', () => {
  it.each(keyStoreCases(async () => createMemoryKeyStore()))('$name', ({ run }) => run())
})

describe('the suite of key stores finds fault with a store that', () => {
  const memory = createMemoryKeyStore()
  const faulty: readonly (readonly [string, () => KeyStore])[] = [
    ['forgets', () => ({ ...memory, put: async (_, pair) => pair, get: async () => undefined })],
    ['never forgets', () => ({ ...createMemoryKeyStore(), delete: async () => undefined })],
    ['writes as JSON', () => throughJson()],
    ['replaces', () => replacing()],
    ['knows one name', () => withOneName()],
  ]

  it.each(faulty)('%s', async (_, open) => {
    const runs = await Promise.allSettled(keyStoreCases(async () => open()).map(({ run }) => run()))
    expect(runs.some(({ status }) => status === 'rejected')).toBe(true)
  })
})

function throughJson(): KeyStore {
  const store = createMemoryKeyStore()
  return { ...store, put: (name, pair) => store.put(name, JSON.parse(JSON.stringify(pair)) as CryptoKeyPair) }
}

function replacing(): KeyStore {
  const store = createMemoryKeyStore()
  return {
    ...store,
    put: async (name, pair) => {
      await store.delete(name)
      return store.put(name, pair)
    },
  }
}

function withOneName(): KeyStore {
  const store = createMemoryKeyStore()
  return {
    get: () => store.get('name'),
    put: (_, pair) => store.put('name', pair),
    delete: () => store.delete('name'),
  }
}
