import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token without a signature', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.idToken = (token) => `${btoa('{"alg":"none"}').replaceAll('=', '')}.${token.split('.')[1]}.`
  })
  expect(refusal).toBe('id_token_malformed')
})
