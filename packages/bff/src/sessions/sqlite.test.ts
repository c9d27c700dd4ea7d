import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createManualClock } from '@oauth-concierge/core/testing'
import { afterAll, describe, expect, it } from 'vitest'
import { sessionStoreCases } from '../testing/session-store-suite.ts'
import { sqlite } from './sqlite.ts'

const folder = mkdtempSync(join(tmpdir(), 'concierge-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const newFile = (): string => join(folder, `${(files += 1)}.db`)
const later = (): number => Date.now() / 1000 + 60

describe('sessions in a database file', () => {
  it.each(sessionStoreCases(async () => sqlite(new DatabaseSync(newFile()))))('$name', ({ run }) => run())

  it('outlive a restart, with their indexes', async () => {
    const file = newFile()
    const first = new DatabaseSync(file)
    const version = await sqlite(first).write(
      'session:a',
      { a: 1 },
      { expiresAt: later(), indexes: ['sub ada'] },
    )
    first.close()
    const store = sqlite(new DatabaseSync(file))
    expect(await store.read('session:a')).toMatchObject({ value: { a: 1 }, version })
    expect(await store.deleteAll('sub ada')).toBe(1)
  })

  it('are seen, and written over, by every process that opened the file', async () => {
    const file = newFile()
    const [one, two] = [sqlite(new DatabaseSync(file)), sqlite(new DatabaseSync(file))]
    const version = await one.write('session:a', 'one', { expiresAt: later() })
    expect(
      await two.write('session:a', 'two', { expiresAt: later(), ifVersion: version ?? -1 }),
    ).toBeDefined()
    expect(
      await one.write('session:a', 'late', { expiresAt: later(), ifVersion: version ?? -1 }),
    ).toBeUndefined()
    expect((await one.read('session:a'))?.value).toBe('two')
  })

  it('are renewed by one process at a time', async () => {
    const file = newFile()
    const stores = [sqlite(new DatabaseSync(file)), sqlite(new DatabaseSync(file))]
    const log: string[] = []
    const work = (name: string) => async (): Promise<void> => {
      log.push(`${name} in`)
      await new Promise(setImmediate)
      log.push(`${name} out`)
    }
    await Promise.all(stores.map((store, index) => store.lock.run('a', work(String(index)))))
    expect(log.filter((_, at) => at % 2 === 0).map((line) => line.slice(0, 1))).toEqual(
      log.filter((_, at) => at % 2 === 1).map((line) => line.slice(0, 1)),
    )
  })

  it('leave no trace when they are over', async () => {
    const clock = createManualClock()
    const database = new DatabaseSync(newFile())
    const store = sqlite(database, { runtime: { clock } })
    const write = (name: string) =>
      store.write(`session:${name}`, 1, { expiresAt: clock.wallTime() / 1000 + 60, indexes: ['all'] })
    for (let i = 0; i < 50; i += 1) await write(`old-${i}`)
    await clock.advance(61)
    for (let i = 0; i < 100; i += 1) await write(`new-${i}`)
    const count = (table: string): unknown => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()
    expect([count('records'), count('record_indexes')]).toEqual([{ n: 100 }, { n: 100 }])
  })

  it('say in words of their own that the database cannot be used', async () => {
    const database = new DatabaseSync(newFile())
    const store = sqlite(database)
    database.close()
    await expect(store.read('session:a')).rejects.toMatchObject({ code: 'storage_failed' })
    await expect(store.lock.run('a', async () => 1)).rejects.toMatchObject({ code: 'storage_failed' })
  })
})
