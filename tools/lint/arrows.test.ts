import { describe, expect, it } from 'vitest'
import { faultOfImport } from './arrows.js'

const at = (file: string) => `/anywhere/packages/${file}`

describe('the arrows of the house', () => {
  it.each([
    ['browser/src/create-auth.ts', '@oauth-concierge/core'],
    ['core/src/session/refresh.ts', '../protocol/token-request.ts'],
    ['core/src/index.ts', './relying-party/login.ts'],
    ['reference-server/src/index.ts', 'hono'],
  ])('%s may import %s', (file, specifier) => {
    expect(faultOfImport(at(file), specifier)).toBeUndefined()
  })

  it.each([
    ['core/src/index.ts', '@oauth-concierge/browser', 'may not import browser'],
    ['browser/src/create-auth.ts', '@oauth-concierge/core/src/errors.ts', 'inner file'],
    ['browser/src/create-auth.ts', '../../core/src/errors.ts', 'leaves the package'],
    ['reference-server/src/index.ts', '@oauth-concierge/core', 'may not import core'],
    ['core/src/protocol/id-token.ts', '../session/refresh.ts', 'protocol may not import session'],
    ['core/src/errors.ts', './ports/http.ts', 'errors may not import ports'],
  ])('%s may not import %s', (file, specifier, fault) => {
    expect(faultOfImport(at(file), specifier)).toContain(fault)
  })
})
