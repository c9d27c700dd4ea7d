import { StorageError } from '@oauth-concierge/core'
import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { describe, expect, it } from 'vitest'
import type { TextStorage } from '../shell.ts'
import { createBoxStore } from './box-store.ts'

function createTexts(longestText?: number): TextStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>()
  return {
    entries,
    ...(longestText !== undefined && { longestText }),
    read: async (name) => entries.get(name),
    write: async (name, text) => {
      if (text.length > (longestText ?? Infinity)) throw new RangeError('too long')
      entries.set(name, text)
    },
    remove: async (name) => void entries.delete(name),
  }
}

describe('a box in one entry', () => {
  it.each(keyValueStoreCases(async () => createBoxStore(createTexts(), 'box')))('$name', ({ run }) => run())
})

describe('a box in entries of 24 characters', () => {
  it.each(keyValueStoreCases(async () => createBoxStore(createTexts(24), 'box')))('$name', ({ run }) => run())
})

describe('a box', () => {
  it('says that others can come between', () => {
    expect(createBoxStore(createTexts(), 'box').atomic).toBe(false)
  })

  it('keeps what is larger than an entry, in any script, and no more entries than that takes', async () => {
    const texts = createTexts(2_048)
    const store = createBoxStore(texts, 'box')
    const value = { token: 'x'.repeat(9_000), name: 'Ada Łęska 你好 🎟'.repeat(40) }
    for (let write = 0; write < 5; write += 1) await store.put('key', value)
    expect((await store.get('key'))?.value).toEqual(value)
    expect([...texts.entries.values()].every((text) => Buffer.byteLength(text) <= 2_048)).toBe(true)
    const parts = texts.entries.size
    await store.put('key', value)
    expect(texts.entries.size).toBe(parts)
    await store.put('key', 'short')
    expect([...texts.entries.keys()]).toEqual(['box'])
    await store.put('key', value)
    await store.delete('key')
    expect(texts.entries.size).toBe(0)
  })

  it('holds what it held when the app dies in the midst of a write', async () => {
    const texts = createTexts(64)
    const store = createBoxStore(texts, 'box')
    const [before, after] = ['b'.repeat(300), 'a'.repeat(400)]
    await store.put('key', before)
    for (let survived = 0; survived < 40; survived += 1) {
      const crashed = createTexts(64)
      for (const [name, text] of texts.entries) crashed.entries.set(name, text)
      let writes = survived
      const dying: TextStorage = {
        ...crashed,
        write: (name, text) => (writes-- > 0 ? crashed.write(name, text) : new Promise(() => undefined)),
        remove: (name) => (writes-- > 0 ? crashed.remove(name) : new Promise(() => undefined)),
      }
      void createBoxStore(dying, 'box').put('key', after)
      await new Promise((resolve) => setImmediate(resolve))
      const found = await createBoxStore(crashed, 'box').get('key')
      expect([before, after]).toContain(found?.value)
    }
  })

  it('is empty where parts of two writes are mixed up', async () => {
    const texts = createTexts(64)
    await createBoxStore(texts, 'box').put('key', 'b'.repeat(300))
    texts.entries.set('box.a1', 'forgedmkxxxx')
    await expect(createBoxStore(texts, 'box').get('key')).resolves.toBeUndefined()
    await expect(createBoxStore(texts, 'box').put('key', 'new', { ifVersion: 0 })).resolves.toBeDefined()
  })

  it.each(['{"key":{"value":1,"ver', '7', 'null', '[1]', '{"key":null}', '{"key":{"value":1}}', '\u0000'])(
    'takes %j for nothing',
    async (text) => {
      const texts = createTexts()
      texts.entries.set('box', text)
      await expect(createBoxStore(texts, 'box').get('key')).resolves.toBeUndefined()
      await expect(createBoxStore(texts, 'box').put('key', 1, { ifVersion: 0 })).resolves.toBeDefined()
    },
  )

  it('says what the device says, and nothing of what was to be kept', async () => {
    const broken = Object.assign(new Error('could not write canary'), { code: 'osError' })
    const failing: TextStorage = { ...createTexts(), write: () => Promise.reject(broken) }
    const failure = await createBoxStore(failing, 'box')
      .put('key', 'canary')
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StorageError)
    expect(failure).toMatchObject({ code: 'storage_failed', message: expect.stringContaining('osError') })
    expect(JSON.stringify(failure)).not.toContain('canary')
  })
})
