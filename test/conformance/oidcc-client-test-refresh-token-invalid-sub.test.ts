import { expect, it } from 'vitest'
import { refreshRefusalWhere } from './relying-party-under-test.ts'

it('refuses a refreshed ID token of another subject', async () => {
  const refusal = await refreshRefusalWhere((server) => {
    server.bend.claims = { sub: 'eve' }
  })
  expect(refusal).toBe('id_token_claim_invalid')
})
