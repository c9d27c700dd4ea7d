import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token for another client', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { aud: 'another' }
  })
  expect(refusal).toBe('id_token_claim_invalid: aud')
})
