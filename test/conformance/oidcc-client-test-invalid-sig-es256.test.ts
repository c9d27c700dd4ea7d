import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token whose ES256 signature is wrong', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.idToken = (token) =>
      token.replace(/\.([^.])([^.]*)$/, (_, first, rest) => `.${first === 'A' ? 'B' : 'A'}${rest}`)
  })
  expect(refusal).toBe('id_token_signature_invalid')
})
