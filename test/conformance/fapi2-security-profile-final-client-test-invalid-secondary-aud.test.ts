import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token that is for somebody else as well', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { aud: ['spa', 'another'] }
  })
  expect(refusal).toBe('id_token_claim_invalid: aud')
})
