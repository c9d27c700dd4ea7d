import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token without a nonce', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { nonce: undefined }
  })
  expect(refusal).toBe('id_token_claim_invalid: nonce')
})
