import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { describe, expect, it } from 'vitest'
import { createStorageArea } from './storage-area.test-support.ts'
import { createWebStorageStore } from './web-storage-store.ts'

describe('the web storage store', () => {
  it.each(keyValueStoreCases(async () => createWebStorageStore(memoise(createStorageArea))))(
    '$name',
    ({ run }) => run(),
  )

  it.each(['{"value":1,"ver', '7', 'null', '"text"', '[]', '{"value":1}', '\u0000'])(
    'takes %j for nothing',
    async (text) => {
      const area = createStorageArea()
      area.setItem('key', text)
      const store = createWebStorageStore(() => area)
      await expect(store.get('key')).resolves.toBeUndefined()
      await expect(store.put('key', 'new', { ifVersion: 0 })).resolves.toBeDefined()
    },
  )

  it.each(['get', 'put', 'take', 'delete'] as const)(
    'says that %s failed where the storage is blocked',
    async (operation) => {
      const store = createWebStorageStore(() => {
        throw new DOMException('Access is denied for this document.', 'SecurityError')
      })
      await expect(store[operation]('key', 'value' as never)).rejects.toMatchObject({
        code: 'storage_failed',
        message: expect.stringContaining('SecurityError'),
      })
    },
  )

  it('says so where the storage is full', async () => {
    const full = createStorageArea()
    full.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
    await expect(createWebStorageStore(() => full).put('key', 1)).rejects.toMatchObject({
      code: 'storage_full',
    })
  })
})

function memoise<Value>(make: () => Value): () => Value {
  const value = make()
  return () => value
}
