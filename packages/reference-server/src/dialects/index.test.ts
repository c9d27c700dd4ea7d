import { expect, test } from 'vitest'
import { createReferenceServer } from '../create-reference-server.ts'
import type { DialectName } from '../options.ts'
import { dialectNamed, dialectNames } from './index.ts'

test.each(dialectNames)('%s is found by its name, and a server speaks it', (name) => {
  const server = createReferenceServer({ issuer: 'https://as.example', dialect: name as DialectName })
  expect(server.describe().dialect).toBe(name)
})

test.each(['standart', '', 'toString'])('"%s" is refused with those there are', (name) => {
  expect(() => dialectNamed(name)).toThrow(TypeError)
  expect(() => dialectNamed(name)).toThrow(`"${name}"; there are: `)
  for (const known of dialectNames) expect(() => dialectNamed(name)).toThrow(known)
})
