import { describe, expect, it } from 'vitest'
import { type ImplicitResponseOptions, readImplicitResponse } from './implicit-response.ts'
import { unsafeAllowImplicitResponse } from './opt-in.ts'

const options: ImplicitResponseOptions = {
  allowImplicitResponse: unsafeAllowImplicitResponse,
  state: 'sent',
  scope: 'orders',
  issuer: 'https://id.example',
}
const token = 'access_token=canary&expires_in=3600&token_type=Bearer'

describe('an implicit response', () => {
  it.each([
    `https://app.example//#${token}&state=sent`,
    `https://app.example/#${token}&state=sent`,
    `https://app.example/callback#//${token}&state=sent&iss=https%3A%2F%2Fid.example`,
    `#/${token}&state=sent`,
  ])('is read out of %s', (address) => {
    expect(readImplicitResponse(address, options)).toEqual({
      accessToken: 'canary',
      tokenType: 'bearer',
      expiresIn: 3_600,
      refreshToken: undefined,
      scope: 'orders',
      idToken: undefined,
      claims: undefined,
    })
  })

  it('has the scope that it names, and no lifetime where it names none', () => {
    const address = '#access_token=a&token_type=bearer&state=sent&scope=read'
    expect(readImplicitResponse(address, options)).toMatchObject({ scope: 'read', expiresIn: undefined })
  })

  it.each([
    ['no state', `#${token}`, 'callback_state_missing'],
    ['an empty state', `#${token}&state=`, 'callback_state_missing'],
    ['another state', `#${token}&state=other`, 'callback_state_unknown'],
    ['another issuer', `#${token}&state=sent&iss=https://id.example/`, 'callback_issuer_mismatch'],
    ['another issuer, with an error', '#error=access_denied&state=sent&iss=x', 'callback_issuer_mismatch'],
    ['a code', `#${token}&state=sent&code=c`, 'callback_malformed'],
    ['an ID token that nobody asked for', `#${token}&state=sent&id_token=a.b.c`, 'callback_malformed'],
    ['a refresh token', `#${token}&state=sent&refresh_token=r`, 'callback_malformed'],
    ['two tokens', `#${token}&state=sent&access_token=other`, 'callback_malformed'],
    ['two states', `#${token}&state=sent&state=sent`, 'callback_malformed'],
    ['no token', '#token_type=Bearer&state=sent', 'callback_malformed'],
    ['an empty token', '#access_token=&token_type=Bearer&state=sent', 'callback_malformed'],
    ['another type', '#access_token=canary&token_type=mac&state=sent', 'callback_malformed'],
    ['no type', '#access_token=canary&state=sent', 'callback_malformed'],
    [
      'an absurd lifetime',
      '#access_token=a&token_type=Bearer&state=sent&expires_in=1e300',
      'callback_malformed',
    ],
    ['the token in the query', `?${token}&state=sent`, 'callback_malformed'],
    ['a refusal', '#error=access_denied&state=sent', 'access_denied'],
    ['another error', '#error=server_error&state=sent', 'authorization_refused'],
  ])('with %s is refused, and the token is not in the error', (_, fragment, code) => {
    const read = (): unknown => readImplicitResponse(`https://app.example//${fragment}`, options)
    expect(read).toThrow(expect.objectContaining({ code }))
    expect(read).not.toThrow(/canary/)
  })

  it('is not bound to anything by an empty state', () => {
    expect(() => readImplicitResponse(`#${token}&state=`, { ...options, state: '' })).toThrow(
      expect.objectContaining({ code: 'callback_state_missing' }),
    )
  })

  it.each([undefined, true, Symbol('unsafeAllowImplicitResponse')])(
    'is not read with %s in the place of its symbol',
    (allowImplicitResponse) => {
      const given = { ...options, allowImplicitResponse } as unknown as ImplicitResponseOptions
      expect(() => readImplicitResponse(`#${token}&state=sent`, given)).toThrow(
        expect.objectContaining({ code: 'legacy_not_allowed' }),
      )
    },
  )
})
