import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token with the nonce of another login', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { nonce: 'another' }
  })
  expect(refusal).toBe('id_token_claim_invalid: nonce')
})
