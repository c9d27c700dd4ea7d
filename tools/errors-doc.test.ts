import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readErrorCodes, writeCures, writeErrorsDoc } from './errors-doc.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const tests = globSync(['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).map((file) =>
  readFileSync(root + file, 'utf8'),
)

describe('docs/errors.md', () => {
  it('is what the code says', () => {
    expect(readFileSync(`${root}docs/errors.md`, 'utf8')).toBe(writeErrorsDoc())
  })
})

describe('what the command line says to do', () => {
  it('is what the code says', () => {
    expect(readFileSync(`${root}packages/cli/src/errors/cures.ts`, 'utf8')).toBe(writeCures())
  })
})

describe.each(readErrorCodes())('the error code $code', ({ code, meaning, cure }) => {
  it('has a meaning and a cure', () => {
    expect(meaning).not.toBe('')
    expect(cure).not.toBe('')
  })

  it('is raised in a test', () => {
    expect(tests.some((text) => text.includes(`'${code}'`))).toBe(true)
  })
})
