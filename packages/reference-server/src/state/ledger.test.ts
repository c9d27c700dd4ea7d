import { expect, test } from 'vitest'
import { createServerClock } from './clock.ts'
import { createLedger } from './ledger.ts'

test('counts by every member of the filter', () => {
  const ledger = createLedger(createServerClock(() => 7))
  const first = ledger.openRequest({ method: 'POST', path: '/token' })
  ledger.openRequest({ method: 'POST', path: '/token' })
  Object.assign(first, { endpoint: 'token', grantType: 'refresh_token', status: 200 })
  expect(ledger.count()).toBe(2)
  expect(ledger.count({ endpoint: 'token', grantType: 'refresh_token' })).toBe(1)
  expect(ledger.count({ endpoint: 'token', status: 400 })).toBe(0)
  expect(ledger.select({ endpoint: 'token' })).toEqual([first])
  expect(first.at).toBe(7)
})

test('keeps the latest entries, and forgets on demand', () => {
  const ledger = createLedger(
    createServerClock(() => 7),
    3,
  )
  for (let index = 0; index < 5; index++) ledger.openRequest({ method: 'GET', path: `/${index}` })
  expect(ledger.requests.map(({ path }) => path)).toEqual(['/2', '/3', '/4'])
  ledger.clear()
  expect(ledger.count()).toBe(0)
})
