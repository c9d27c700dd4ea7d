import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses metadata of another issuer', async () => {
  const refusal = await refusalWhere((server) => {
    server.bend.metadata = { issuer: 'https://evil.example' }
  })
  expect(refusal).toBe('metadata_issuer_mismatch')
})
