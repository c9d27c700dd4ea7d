import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sessionStoreCases } from '../testing/session-store-suite.ts'
import { encryptedCookie } from './encrypted-cookie.ts'
import { encryptRecords } from './encrypt-records.ts'
import { memory } from './memory.ts'
import { sqlite } from './sqlite.ts'

const [old, next] = [`${'o'.repeat(42)}A`, `${'n'.repeat(42)}A`]
const later = { expiresAt: Date.now() / 1000 + 3_600 }

describe('encrypted records', () => {
  it.each(sessionStoreCases(async () => encryptRecords(memory(), { keys: [old] })))('$name', ({ run }) =>
    run(),
  )

  it('hold nothing that can be read in the store', async () => {
    const database = new DatabaseSync(':memory:')
    const store = encryptRecords(sqlite(database), { keys: [old] })
    await store.write('session:a', { accessToken: 'canary' }, { ...later, indexes: ['ada'] })
    const rows = JSON.stringify(database.prepare('SELECT * FROM records').all())
    expect([rows.includes('session:a'), rows.includes('canary'), rows.includes('accessToken')]).toEqual([
      true,
      false,
      false,
    ])
    expect((await store.read('session:a'))?.value).toEqual({ accessToken: 'canary' })
  })

  it('are opened by a key from before, and written with the new one', async () => {
    const inner = memory()
    const before = encryptRecords(inner, { keys: [old] })
    const between = encryptRecords(inner, { keys: [next, old] })
    const after = encryptRecords(inner, { keys: [next] })
    await before.write('session:a', 1, later)
    expect([(await between.read('session:a'))?.value, await after.read('session:a')]).toEqual([1, undefined])
    await between.write('session:a', 2, later)
    expect([(await after.read('session:a'))?.value, await before.read('session:a')]).toEqual([2, undefined])
  })

  it('are nothing where somebody else put them: plain, changed, under another name or of another kind', async () => {
    const inner = memory()
    const store = encryptRecords(inner, { keys: [old] })
    await store.write('session:a', 'mine', later)
    const sealed = String((await inner.read('session:a'))?.value)
    const changed = `${sealed.slice(0, -4)}${sealed.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    const planted = [
      ['session:b', sealed],
      ['login:a', sealed],
      ['session:a', changed],
      ['session:a', 'mine'],
      ['session:a', { tokens: {} }],
      ['session:a', null],
    ] as const
    for (const [key, value] of planted) {
      await inner.write(key, value, later)
      expect(await store.read(key)).toBeUndefined()
    }
    await inner.write('session:a', sealed, later)
    expect((await store.read('session:a'))?.value).toBe('mine')
  })

  it.each([
    ['without a key', () => encryptRecords(memory(), { keys: [] })],
    ['with a short key', () => encryptRecords(memory(), { keys: ['short'] })],
    [
      'over what is encrypted already',
      () => encryptRecords(encryptedCookie({ keys: [old] }), { keys: [old] }),
    ],
  ])('are not made %s', (_, make) => {
    expect(make).toThrowError(expect.objectContaining({ code: 'invalid_configuration' }))
  })
})
