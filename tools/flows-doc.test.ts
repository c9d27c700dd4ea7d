import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { writeFlowsDoc } from './flows-doc.ts'

it('docs/flows-and-dialects.md is what the table says', () => {
  const page = readFileSync(new URL('../docs/flows-and-dialects.md', import.meta.url), 'utf8')
  expect(page).toBe(writeFlowsDoc())
})
