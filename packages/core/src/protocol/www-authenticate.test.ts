import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { challengeOf, readChallenges } from './www-authenticate.ts'

const read = (header: string): unknown =>
  readChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)])

describe('the challenges of a WWW-Authenticate header', () => {
  it.each([
    ['Bearer', [['bearer', {}]]],
    [
      'Bearer realm="a, b=\\"c\\"", error=invalid_token',
      [['bearer', { realm: 'a, b="c"', error: 'invalid_token' }]],
    ],
    ['bEaReR ErRoR = "invalid_token"', [['bearer', { error: 'invalid_token' }]]],
    [
      'DPoP algs="ES256 PS256", error="use_dpop_nonce", Bearer realm="x"',
      [
        ['dpop', { algs: 'ES256 PS256', error: 'use_dpop_nonce' }],
        ['bearer', { realm: 'x' }],
      ],
    ],
    [
      'Negotiate YII==, Bearer error="invalid_token"',
      [
        ['negotiate', {}],
        ['bearer', { error: 'invalid_token' }],
      ],
    ],
    [
      'Bearer, DPoP',
      [
        ['bearer', {}],
        ['dpop', {}],
      ],
    ],
    [
      'Bearer error="invalid_token" error_description="said, =again"',
      [['bearer', { error: 'invalid_token', error_description: 'said, =again' }]],
    ],
    ['Bearer error="first", error="second"', [['bearer', { error: 'first' }]]],
    ['Bearer , , error="x",,', [['bearer', { error: 'x' }]]],
    ['error="invalid_token"', []],
    ['', []],
    [' ,', []],
    [`Bearer error="${'x'.repeat(9_000)}"`, []],
  ])('%s', (header, challenges) => {
    expect(read(header)).toEqual(challenges)
  })

  it('keeps a parameter with the name of a member of every object apart from it', () => {
    const [challenge] = readChallenges('Bearer __proto__="x", constructor="y"')
    expect(challenge?.parameters.get('__proto__')).toBe('x')
    expect(challenge?.parameters.get('tostring')).toBeUndefined()
  })

  it('are looked at in a 401 and a 403 alone, whatever the scheme and its place', () => {
    const headers = { 'www-authenticate': 'Basic realm="x", dpop error="use_dpop_nonce"' }
    const find = (status: number) => challengeOf(new Response('', { status, headers }), 'use_dpop_nonce')
    expect(find(401)).toMatchObject({ scheme: 'dpop' })
    expect(find(403)).toMatchObject({ scheme: 'dpop' })
    expect(find(400)).toBeUndefined()
  })

  it('are read from whatever text without an error', () => {
    const grammar = fc
      .array(fc.constantFrom('Bearer', ' ', ',', '=', '"', '\\', 'error', '\t', 'x', '=='), {
        maxLength: 200,
      })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), grammar), (header) => {
        for (const { scheme, parameters } of readChallenges(header)) {
          expect(scheme).not.toMatch(/[\s,="]/)
          for (const name of parameters.keys()) expect(name).not.toMatch(/[\s,="]/)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['"', 'a', ' ', 'a=', 'a="', '\\', 'a ', '=', 'a=b,', 'a a,'])(
    'are at most as many as the header has words, be it made of %j alone',
    (piece) => {
      const header = `Bearer ${piece.repeat(8_192 / piece.length - 7)}`
      expect(readChallenges(header).length).toBeLessThanOrEqual(header.split(/[\s,=]+/).length)
    },
  )

  it('are given back as they were written', () => {
    const name = fc.stringMatching(/^[a-z][a-z_]{0,10}$/)
    const value = fc.string({ maxLength: 30 }).filter((text) => /^[ -~]*$/.test(text))
    const challenge = fc.tuple(
      name,
      fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, minLength: 1 }),
    )
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 5 }), (challenges) => {
        const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`
        const header = challenges
          .map(
            ([scheme, parameters]) =>
              `${scheme} ${parameters.map(([key, text]) => `${key}=${quote(text)}`).join(', ')}`,
          )
          .join(', ')
        expect(read(header)).toEqual(
          challenges.map(([scheme, parameters]) => [scheme, Object.fromEntries(parameters)]),
        )
      }),
    )
  })
})
