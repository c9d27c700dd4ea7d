import { describe, expect, it } from 'vitest'
import { readLoginInitiation } from './login-initiation.ts'

const options = { issuers: ['https://id.example', 'https://other.example'], origin: 'https://app.example' }
const read = (query: string) => readLoginInitiation(new URLSearchParams(query), options)

describe('X06: a login that a third party asks for', () => {
  it('is one at a configured issuer, with the hint and the target it names', () => {
    expect(
      read('iss=https://id.example&login_hint=ada&target_link_uri=https://app.example/orders?page=2'),
    ).toEqual({ issuer: 'https://id.example', login: { loginHint: 'ada', returnTo: '/orders?page=2' } })
    expect(read('iss=https://other.example')).toEqual({ issuer: 'https://other.example', login: {} })
  })

  it.each([
    '',
    'iss=https://evil.example',
    'iss=https://id.example/',
    'iss=https://id.example&iss=https://evil.example',
  ])('is not begun at another issuer: %s', (query) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'invalid_configuration' }))
  })

  it.each(['https://evil.example/', '//evil.example', 'javascript:alert(1)', 'https:evil.example'])(
    'does not end at %s',
    (target) => {
      const query = `iss=https://id.example&target_link_uri=${encodeURIComponent(target)}`
      expect(() => read(query)).toThrow(expect.objectContaining({ code: 'return_to_not_same_origin' }))
    },
  )
})
