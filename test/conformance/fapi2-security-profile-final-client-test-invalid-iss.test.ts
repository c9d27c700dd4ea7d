import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token of another issuer', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.claims = { iss: `https://evil.example` }
  })
  expect(refusal).toBe('id_token_claim_invalid: iss')
})
