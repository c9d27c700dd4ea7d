import { clientSecretBasic } from '@oauth-concierge/core'
import { expect, it } from 'vitest'
import { createServer } from './relying-party-under-test.ts'

it('proves itself by form-encoded Basic credentials, which are nowhere else', async () => {
  const server = await createServer()
  const relyingParty = server.relyingParty({ clientAuthentication: clientSecretBasic('a+b/c%=&') })
  await server.logIn(relyingParty)
  const [request] = server.tokenRequests()
  expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('spa:a%2Bb%2Fc%25%3D%26')}`)
  expect(request?.body).not.toContain('secret')
})
