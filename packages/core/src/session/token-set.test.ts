import { describe, expect, it } from 'vitest'
import type { TokenResponse } from '../protocol/token-request.ts'
import { mergeTokenResponse, type TokenSet } from './token-set.ts'
import { advanceRecord, createRecord, readRefreshEnd } from './token-vault.ts'

const nothing = { refreshToken: undefined, idToken: undefined, claims: undefined, scope: 'openid' }
const respond = (more: Partial<TokenResponse>): TokenResponse => ({
  accessToken: 'a',
  tokenType: 'bearer',
  expiresIn: 60,
  refreshToken: 'r',
  scope: undefined,
  idToken: undefined,
  claims: undefined,
  ...more,
})
const merge = (
  response: Partial<TokenResponse>,
  before: Omit<TokenSet, 'accessToken' | 'expiresIn' | 'receivedAt' | 'renewAt' | 'boundTo'> = nothing,
) => mergeTokenResponse(respond(response), before, { now: 1_000, random: 0 })

describe('the end of a refresh token', () => {
  it('is what the server says it is, from the moment of the answer on', () => {
    expect(merge({ refreshExpiresIn: 600 }).refreshExpiresAt).toBe(1_600)
    expect(merge({}).refreshExpiresAt).toBeUndefined()
  })

  it('stays with the same refresh token, and does not go over to another', () => {
    const before = merge({ refreshExpiresIn: 600 })
    expect(merge({ refreshToken: undefined }, before).refreshExpiresAt).toBe(1_600)
    expect(merge({ refreshToken: 'r2' }, before).refreshExpiresAt).toBeUndefined()
  })

  it('can be read from what a vault holds, also after a refresh for another resource', () => {
    const record = createRecord(merge({ refreshExpiresIn: 600 }))
    expect(readRefreshEnd(record)).toBe(1_600)
    const tokens = merge({ refreshExpiresIn: 900 }, record.tokens)
    expect(readRefreshEnd(advanceRecord(record, tokens, { resource: 'https://api.example' }))).toBe(1_900)
    for (const value of [undefined, null, 'text', {}, { tokens: { refreshExpiresAt: 5 } }])
      expect(readRefreshEnd(value)).toBeUndefined()
  })
})
