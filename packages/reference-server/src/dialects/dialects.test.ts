import { expect, test } from 'vitest'
import { createReferenceServer } from '../create-reference-server.ts'
import type { DialectName } from '../options.ts'
import { dialectNames, findDialect } from './dialects.ts'

test.each(dialectNames)('%s is found by its name, and a server speaks it', (name) => {
  expect(findDialect(name).name).toBe(name)
  const dialect = name as DialectName
  expect(createReferenceServer({ issuer: 'https://as.example', dialect }).issuer).toBe('https://as.example')
})

test.each(['standart', '', 'toString'])('"%s" is refused with those there are', (name) => {
  expect(() => findDialect(name)).toThrow(TypeError)
  expect(() => findDialect(name)).toThrow(`"${name}"; there are: `)
  expect(() => findDialect(name)).toThrow('standard')
})
