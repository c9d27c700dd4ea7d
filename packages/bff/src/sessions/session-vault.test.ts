import { StorageError } from '@oauth-concierge/core'
import { describe, expect, it } from 'vitest'
import { memory } from './memory.ts'
import { createSessionVault } from './session-vault.ts'
import type { SessionStore } from './session-store.ts'

const data = {
  tokens: { accessToken: 'a' },
  endsAt: Date.now() / 1000 + 60,
  logoutNonce: 'n',
  indexes: ['sub ada'],
}
const key = 'session:a'

async function open(store: SessionStore) {
  await store.write(key, data, { expiresAt: data.endsAt, indexes: data.indexes })
  const record = await store.read(key)
  if (!record) throw new Error('nothing was written')
  const state = {
    key,
    data,
    version: record.version,
    expiresAt: record.expiresAt,
    tokens: data.tokens,
    endWith: () => data.endsAt,
    writing: 0,
  }
  return { state, vault: createSessionVault(store, state, record) }
}

const down = (store: SessionStore): SessionStore => ({
  ...store,
  write: () => Promise.reject(new StorageError('storage_failed', 'down')),
})

describe('the vault of a session', () => {
  it('holds the tokens, and leaves the rest of the record as it is', async () => {
    const store = memory()
    const { state, vault } = await open(store)
    const before = await vault.get('any')
    expect(before?.value).toEqual({ accessToken: 'a' })
    const version = await vault.put('any', { accessToken: 'b' }, { ifVersion: before?.version ?? -1 })
    expect(state.version).toBe(version)
    expect((await store.read(key))?.value).toEqual({ ...data, tokens: { accessToken: 'b' } })
    expect(await store.deleteAll('sub ada')).toBe(1)
  })

  it('writes over nothing that it does not name', async () => {
    const { state, vault } = await open(memory())
    const { version } = state
    expect(await vault.put('any', { accessToken: 'late' }, { ifVersion: version + 1 })).toBeUndefined()
    expect(state.version).toBe(version)
  })

  it('brings a session that was ended elsewhere not back to life', async () => {
    const store = memory()
    const { state, vault } = await open(store)
    await store.delete(key)
    expect(await vault.put('any', { accessToken: 'late' }, { ifVersion: state.version })).toBeUndefined()
    expect(await store.read(key)).toBeUndefined()
  })

  it('stops a refresh whose note cannot be written down, so that nobody sends the token twice', async () => {
    const store = memory()
    const { state } = await open(store)
    const record = (await store.read(key)) ?? { value: data, version: 0, expiresAt: 0 }
    const vault = createSessionVault(down(store), state, record)
    const note = { accessToken: 'a', attempt: { isRetry: false, startedAt: 1 } }
    await expect(vault.put('any', note, { ifVersion: 1 })).rejects.toMatchObject({ code: 'network_failed' })
    await expect(vault.put('any', { accessToken: 'b' })).rejects.toMatchObject({ code: 'storage_failed' })
    expect(state.writing).toBe(0)
  })

  it('takes nothing for a session that is none', async () => {
    const store = memory()
    const { vault } = await open(store)
    await vault.get('any')
    await store.write(key, { half: true }, { expiresAt: data.endsAt })
    expect(await vault.get('any')).toBeUndefined()
  })
})
