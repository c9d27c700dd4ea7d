import { expect, it } from 'vitest'
import { logoutAddress } from './logout-address.ts'

it('holds everything but the ID token', () => {
  const parameters = { client_id: 'spa', id_token_hint: 'canary', state: 's1' }
  expect(logoutAddress('https://id.example/oauth/logout?tenant=7', parameters)).toBe(
    'https://id.example/oauth/logout?tenant=7&client_id=spa&state=s1',
  )
})
