import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token without an audience', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { aud: undefined }
  })
  expect(refusal).toBe('id_token_claim_invalid: aud')
})
