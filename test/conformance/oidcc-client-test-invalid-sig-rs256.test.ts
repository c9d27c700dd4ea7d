import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token whose RS256 signature no key of the server has made', async () => {
  const refusal = await refusalWhere((server) => {
    const header = btoa('{"alg":"RS256","kid":"key-1"}').replaceAll('=', '')
    server.bend.idToken = (token) => [header, ...token.split('.').slice(1)].join('.')
  })
  expect(refusal).toBe('key_not_found')
})
