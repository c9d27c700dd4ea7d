import { describe, expect, it } from 'vitest'
import { readCookies, removeCookie, writeCookie } from './cookies.ts'

const prefix = '__Host-concierge'
const read = (header: string | undefined): Record<string, string> =>
  Object.fromEntries(readCookies(header, prefix))

describe('cookies are read', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['a=b', {}],
    [`${prefix}=abc`, { [prefix]: 'abc' }],
    [`a=b; ${prefix}=abc; ${prefix}.1=def; c=d`, { [prefix]: 'abc', [`${prefix}.1`]: 'def' }],
    [`${prefix}=`, { [prefix]: '' }],
    [`${prefix}`, {}],
    [`${prefix}="abc"`, {}],
    [`${prefix}=a b`, {}],
    [`${prefix}=a,b`, {}],
    [`${prefix}=a\\b`, {}],
    [`${prefix}=a;${prefix}=b`, {}],
    [`${prefix} =abc`, {}],
    [`\u00a0${prefix}=abc`, {}],
    [`${prefix}=abc; ${prefix}=abc`, {}],
    [`${prefix}=abc; x=1; ${prefix}=def; ${prefix}=ghi`, {}],
    [`${prefix.toLowerCase()}=abc`, {}],
    [`${prefix}=${'a'.repeat(40_000)}`, {}],
  ])('%j as %j', (header, expected) => expect(read(header)).toEqual(expected))
})

describe('cookies are written', () => {
  it('for the whole host, out of reach of scripts, for whole seconds', () => {
    const rules = { prefix, secure: true }
    expect(writeCookie(rules, prefix, 'abc', { sameSite: 'Strict', maxAge: 59.9 })).toEqual([
      'set-cookie',
      `${prefix}=abc; Path=/; HttpOnly; SameSite=Strict; Max-Age=59; Secure`,
    ])
    expect(writeCookie(rules, prefix, 'abc', { sameSite: 'Lax', maxAge: -5 })[1]).toContain('Max-Age=0')
  })

  it('without Secure only on plain http', () => {
    expect(removeCookie({ prefix: 'concierge', secure: false }, 'concierge')[1]).toBe(
      'concierge=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    )
  })
})
