import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../ports/memory-store.ts'
import { createManualClock } from '../testing/manual-clock.ts'
import { createTransactionStore, type Transaction } from './transaction.ts'

const transaction = (state: string, startedAt: number): Transaction => ({
  state,
  nonce: 'n',
  codeVerifier: 'v',
  redirectUri: 'https://app.example/',
  scope: 'openid',
  metadata: { issuer: 'https://id.example' },
  startedAt,
})

describe('the transaction store', () => {
  it('gives a transaction to one of several takers, and calls the others replays', async () => {
    const clock = createManualClock(1_000)
    const store = createTransactionStore(createMemoryStore(), 'logins', clock)
    await store.put(transaction('a', 1_000))
    const results = await Promise.allSettled([store.take('a'), store.take('a'), store.take('a')])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results.filter(({ status }) => status === 'rejected')) {
      expect(result).toMatchObject({ reason: { code: 'callback_replayed' } })
    }
  })

  it('keeps several at a time, ten at the most, and evicts the oldest', async () => {
    const values = createMemoryStore()
    const store = createTransactionStore(values, 'logins', createManualClock(1_000))
    await Promise.all(Array.from({ length: 60 }, (_, index) => store.put(transaction(`s${index}`, 1_000))))
    await expect(store.take('s49')).rejects.toMatchObject({ code: 'callback_state_unknown' })
    for (let index = 50; index < 60; index += 1) {
      await expect(store.take(`s${index}`)).resolves.toMatchObject({ state: `s${index}` })
    }
  })

  it('writes nothing for a state that it does not know', async () => {
    const values = createMemoryStore()
    const store = createTransactionStore(values, 'logins', createManualClock(1_000))
    await store.put(transaction('a', 1_000))
    const before = await values.get('logins')
    await expect(store.take('junk')).rejects.toMatchObject({ code: 'callback_state_unknown' })
    expect((await values.get('logins'))?.version).toBe(before?.version)
  })

  it('drops what has aged as it writes', async () => {
    const clock = createManualClock(1_000)
    const values = createMemoryStore()
    const store = createTransactionStore(values, 'logins', clock)
    await store.put(transaction('old', 1_000))
    await clock.advance(901)
    await store.put(transaction('new', 1_901))
    expect((await values.get('logins'))?.value).toMatchObject({ pending: [{ state: 'new' }] })
  })

  it.each([null, 7, 'text', { pending: 'no list' }, [1]])(
    'takes %j in its place for an empty book',
    async (value) => {
      const values = createMemoryStore()
      await values.put('logins', value)
      const store = createTransactionStore(values, 'logins', createManualClock(1_000))
      await store.put(transaction('a', 1_000))
      await expect(store.take('a')).resolves.toMatchObject({ state: 'a' })
    },
  )
})
