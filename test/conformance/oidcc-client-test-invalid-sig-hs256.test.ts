import { expect, it } from 'vitest'
import { refusalWhere } from './relying-party-under-test.ts'

it('refuses an ID token signed with a symmetric algorithm', async () => {
  const refusal = await refusalWhere((server) => {
    const header = btoa('{"alg":"HS256","kid":"key-1"}').replaceAll('=', '')
    server.bend.idToken = (token) => [header, ...token.split('.').slice(1)].join('.')
  })
  expect(refusal).toBe('id_token_algorithm_refused')
})
