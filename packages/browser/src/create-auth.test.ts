import { describe, expect, it } from 'vitest'
import { createAuth } from './create-auth.ts'

const options = { issuer: 'https://id.example', clientId: 'spa' }

describe('createAuth outside a browser', () => {
  it('constructs and shows a session that is being restored', () => {
    const auth = createAuth(options)
    expect(auth.session).toEqual({ status: 'restoring' })
    expect(auth.subscribe(() => undefined)).toBeTypeOf('function')
  })

  it.each(['start', 'login', 'logout'] as const)(
    'refuses %s with words that say where to call it',
    async (method) => {
      await expect(createAuth(options)[method]()).rejects.toMatchObject({ code: 'not_in_browser' })
    },
  )
})

describe('createAuth', () => {
  it.each(['clientSecret', 'client_secret', 'clientAuthentication'])('refuses %s', (name) => {
    const withSecret = { ...options, [name]: 'canary' }
    expect(() => createAuth(withSecret)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.not.stringContaining('canary'),
      }),
    )
  })

  it('refuses a client id that is none and an issuer over plain http', () => {
    expect(() => createAuth({ ...options, clientId: '' })).toThrow(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
    expect(() => createAuth({ ...options, issuer: 'http://id.example' })).toThrow(
      expect.objectContaining({ code: 'insecure_url' }),
    )
  })
})
