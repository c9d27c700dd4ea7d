import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token that does not say when it was issued', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { iat: undefined }
  })
  expect(refusal).toBe('id_token_claim_invalid: iat')
})
