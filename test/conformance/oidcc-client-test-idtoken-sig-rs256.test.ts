import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, it } from 'vitest'
import { issuer, logInWhere } from './relying-party-under-test.ts'

it('accepts an ID token signed with RS256', async () => {
  const login = logInWhere(async (server) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'rsa-1', alg: 'RS256', use: 'sig' }
    server.on(`${issuer}/jwks`, () => Response.json({ keys: [jwk] }))
    const usual = server.on(`${issuer}/token`, () => Response.error())
    server.on(`${issuer}/token`, async (request) => {
      const answer = (await (await usual?.(request))?.json()) as { id_token: string }
      const idToken = new SignJWT(decodeJwt(answer.id_token)).setProtectedHeader({
        alg: 'RS256',
        kid: 'rsa-1',
      })
      return Response.json({ ...answer, id_token: await idToken.sign(privateKey) })
    })
  })
  await expect(login).resolves.toMatchObject({ sub: 'ada' })
})
