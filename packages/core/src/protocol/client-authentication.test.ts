import { inspect } from 'node:util'
import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Signer, signerFromKey } from '../ports/signer.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { ClientAuthentication } from './client.ts'
import { publicClient } from './client-authentication.ts'
import { clientSecretBasic, clientSecretBasicRaw, clientSecretPost } from './client-secret.ts'
import { clientSecretJwt } from './client-secret-jwt.ts'
import { mutualTls } from './mutual-tls.ts'
import { privateKeyJwt } from './private-key-jwt.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

interface SeenProof {
  readonly body: URLSearchParams
  readonly authorization: string | null
}

/** Logs in with this proof; gives what the token endpoint saw. */
async function prove(
  clientAuthentication: ClientAuthentication,
  clientId: string = 'spa',
): Promise<SeenProof> {
  server.bend.claims = { aud: clientId }
  await server.logIn(server.relyingParty({ clientAuthentication, clientId }))
  const seen = server.tokenRequests().at(-1)
  return {
    body: new URLSearchParams(seen?.body),
    authorization: seen?.headers.get('authorization') ?? null,
  }
}

const unbase64 = (authorization: string | null): string =>
  Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString()

const secret = `${canary}+%/=& é and more, so that it is long enough`

describe('client authentication', () => {
  it('of a public client is the client id alone', async () => {
    const { body, authorization } = await prove(publicClient())
    expect(body.get('client_id')).toBe('spa')
    expect(body.has('client_secret')).toBe(false)
    expect(authorization).toBeNull()
  })

  it('by Basic form-encodes id and secret first', async () => {
    const { body, authorization } = await prove(clientSecretBasic(secret), 'my:client')
    const [id, encoded = ''] = unbase64(authorization).split(':')
    expect(new URLSearchParams(`id=${id}&secret=${encoded}`).get('id')).toBe('my:client')
    expect(new URLSearchParams(`secret=${encoded}`).get('secret')).toBe(secret)
    expect(body.has('client_secret')).toBe(false)
  })

  it('by raw Basic leaves id and secret as they are', async () => {
    const { body, authorization } = await prove(clientSecretBasicRaw(secret), '@!1111!0008')
    expect(unbase64(authorization)).toBe(`@!1111!0008:${secret}`)
    expect(body.has('client_secret')).toBe(false)
  })

  it('by raw Basic refuses a client id with a colon, before any request', async () => {
    await expect(prove(clientSecretBasicRaw(secret), 'my:client')).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('by post puts id and secret into the body', async () => {
    const { body, authorization } = await prove(clientSecretPost(secret))
    expect(body.get('client_id')).toBe('spa')
    expect(body.get('client_secret')).toBe(secret)
    expect(authorization).toBeNull()
  })

  it.each([
    ['clientSecretBasic', clientSecretBasic],
    ['clientSecretBasicRaw', clientSecretBasicRaw],
    ['clientSecretPost', clientSecretPost],
    ['clientSecretJwt', clientSecretJwt],
  ])('%s refuses an empty secret', (_, make) => {
    expect(() => make('')).toThrowError(expect.objectContaining({ code: 'invalid_configuration' }))
  })

  it('by an HMAC refuses a secret that is shorter than the MAC', () => {
    expect(() => clientSecretJwt('x'.repeat(31))).toThrowError(
      expect.objectContaining({ code: 'invalid_configuration' }),
    )
  })

  it('by an HMAC proves the secret without sending it', async () => {
    const { body } = await prove(clientSecretJwt(secret))
    const assertion = body.get('client_assertion') ?? ''
    expect([...body.values()].some((value) => value.includes(secret))).toBe(false)
    await expect(
      jwtVerify(assertion, new TextEncoder().encode(secret), {
        currentDate: new Date(server.clock.wallTime()),
        audience: issuer,
        subject: 'spa',
      }),
    ).resolves.toMatchObject({ protectedHeader: { alg: 'HS256' } })
  })

  it('by mutual TLS sends the client id, to the aliases of the server', async () => {
    const alias = 'https://mtls.id.example/token'
    let nonce: string | undefined
    server.bend.metadata = { mtls_endpoint_aliases: { token_endpoint: alias } }
    server.on(alias, async () => {
      const now = server.clock.wallTime() / 1000
      const claims = { iss: issuer, aud: 'spa', sub: 'ada', iat: now, exp: now + 60, nonce }
      return json({ access_token: canary, token_type: 'Bearer', id_token: await server.sign(claims) })
    })
    const relyingParty = server.relyingParty({ clientAuthentication: mutualTls() })
    const parameters = await server.visit(relyingParty)
    const book = await server.transactions.get(`concierge:logins:spa@${issuer}`)
    nonce = (Object(book?.value) as { pending: { nonce: string }[] }).pending[0]?.nonce
    await relyingParty.finishLogin(parameters)
    expect(server.tokenRequests()).toHaveLength(0)
    const seen = server.requests.find(({ url }) => url === alias)
    expect(new URLSearchParams(seen?.body).get('client_id')).toBe('spa')
  })

  it('by mutual TLS refuses aliases that are not https', async () => {
    server.bend.metadata = { mtls_endpoint_aliases: { token_endpoint: 'http://mtls.id.example/token' } }
    await expect(prove(mutualTls())).rejects.toMatchObject({ code: 'metadata_malformed' })
  })

  it('without mutual TLS leaves the aliases alone', async () => {
    server.bend.metadata = { mtls_endpoint_aliases: { token_endpoint: 'https://mtls.id.example/token' } }
    await prove(publicClient())
    expect(server.tokenRequests()).toHaveLength(1)
  })

  it.each([
    ['clientSecretBasic', clientSecretBasic],
    ['clientSecretBasicRaw', clientSecretBasicRaw],
    ['clientSecretPost', clientSecretPost],
    ['clientSecretJwt', clientSecretJwt],
  ])('%s shows its secret in no printed form', (_, make) => {
    const clientAuthentication = make(secret)
    const relyingParty = server.relyingParty({ clientAuthentication })
    for (const object of [clientAuthentication, relyingParty]) {
      expect(inspect(object, { depth: 20, showHidden: true, getters: true })).not.toContain(canary)
      expect(String(JSON.stringify(object))).not.toContain(canary)
    }
  })
})

describe('private_key_jwt', () => {
  let signer: Signer
  let publicKey: CryptoKey

  beforeEach(async () => {
    const pair = await generateKeyPair('PS256')
    signer = signerFromKey(pair.privateKey, { keyId: 'client-key' })
    publicKey = pair.publicKey
  })

  const assertionOf = ({ body }: SeenProof): string => body.get('client_assertion') ?? ''

  it('names the issuer as its only audience, one string, whatever the endpoints are called', async () => {
    const proof = await prove(privateKeyJwt(signer))
    expect(decodeJwt(assertionOf(proof)).aud).toBe(issuer)
    expect(proof.body.get('client_id')).toBe('spa')
    expect(proof.body.get('client_assertion_type')).toBe(
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    )
  })

  it('may name another audience where it is told to', async () => {
    const audience = `${issuer}/token`
    expect(decodeJwt(assertionOf(await prove(privateKeyJwt(signer, { audience })))).aud).toBe(audience)
  })

  it('is signed by the signer, with its algorithm and key id', async () => {
    const assertion = assertionOf(await prove(privateKeyJwt(signer)))
    const currentDate = new Date(server.clock.wallTime())
    await expect(jwtVerify(assertion, publicKey, { currentDate, issuer: 'spa' })).resolves.toBeDefined()
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', typ: 'JWT', kid: 'client-key' })
  })

  it('lives by the clock of the runtime: back-dated by ten seconds, five minutes at the most', async () => {
    server.clock.setWallTime(1_900_000_000)
    const { iat = 0, exp = 0 } = decodeJwt(assertionOf(await prove(privateKeyJwt(signer))))
    expect(iat).toBe(1_900_000_000 - 10)
    expect(exp).toBeGreaterThan(1_900_000_000)
    expect(exp - iat).toBeLessThanOrEqual(300)
  })

  it('has a fresh jti and iat for each attempt', async () => {
    const authentication = privateKeyJwt(signer)
    const first = decodeJwt(assertionOf(await prove(authentication)))
    await server.clock.advance(5)
    const second = decodeJwt(assertionOf(await prove(authentication)))
    expect(second.jti).not.toBe(first.jti)
    expect(second.iat).toBe((first.iat ?? 0) + 5)
  })

  it('whose signer fails sends nothing and leaves the session alone', async () => {
    const failing: Signer = { alg: 'PS256', sign: () => Promise.reject(new Error(canary)) }
    await expect(prove(privateKeyJwt(failing))).rejects.toMatchObject({ code: 'signer_failed' })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('whose signer fails at a refresh leaves the refresh token unspent', async () => {
    let works = true
    const flaky: Signer = {
      ...signer,
      sign: (data) => (works ? signer.sign(data) : Promise.reject(new Error(canary))),
    }
    const relyingParty = server.relyingParty({ clientAuthentication: privateKeyJwt(flaky) })
    await server.logIn(relyingParty)
    await server.clock.advance(3_600)
    works = false
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'signer_failed' })
    works = true
    await server.clock.advance(600)
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })
})
