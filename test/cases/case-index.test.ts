import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { caseIndex } from './case-index.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** How many cases each group has, with those that were merged into others left out. */
const groups = { A: 13, I: 18, K: 11, T: 10, R: 15, N: 11, C: 2, X: 7, D: 8 }

describe('the index of cases', () => {
  it('has every case of every group', () => {
    const counts = Object.keys(groups).map((group) => [
      group,
      Object.keys(caseIndex).filter((id) => id.startsWith(group)).length,
    ])
    expect(Object.fromEntries(counts)).toEqual(groups)
  })

  it.each(Object.entries(caseIndex))('%s is met by tests, or says what is open', (_, { tests, open }) => {
    expect(tests.length > 0 || open !== undefined).toBe(true)
  })

  const references = Object.entries(caseIndex).flatMap(([id, { tests }]) =>
    tests.map(([file, title]) => [id, file, title] as const),
  )

  it.each(references)('%s: %s has the test "%s"', (_, file, title) => {
    expect(existsSync(root + file)).toBe(true)
    expect(readFileSync(root + file, 'utf8')).toContain(title)
  })
})
