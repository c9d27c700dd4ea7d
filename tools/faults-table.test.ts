import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { faultCatalogue } from '../packages/reference-server/src/faults.ts'
import { renewReadme, writeFaultsTable } from './faults-table.ts'

const readme = readFileSync(new URL('../packages/reference-server/README.md', import.meta.url), 'utf8')

it('the tables of faults in the README are what the catalogue says', () => {
  expect(readme).toBe(renewReadme(readme))
})

it('each fault is in one row, under a title of its own area', () => {
  const table = writeFaultsTable()
  for (const { name } of faultCatalogue) expect(table.split(`| \`${name}\` |`)).toHaveLength(2)
  expect(table).not.toMatch(/^### [a-z]/m)
})

it('a README without a place for them is refused', () => {
  expect(() => renewReadme('# Nothing here')).toThrow('no place')
})
