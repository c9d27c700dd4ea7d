import { decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Signer, signerFromKey } from '../ports/signer.ts'
import { json } from '../testing/scripted-http.ts'
import {
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { pushedAuthorization } from './pushed-authorization.ts'
import { signedRequest } from './signed-request.ts'

let server: ScriptedServer
let signer: Signer
let publicKey: CryptoKey

beforeEach(async () => {
  server = await createScriptedServer()
  const pair = await generateKeyPair('ES256')
  signer = signerFromKey(pair.privateKey, { keyId: 'client-key' })
  publicKey = pair.publicKey
})

describe('a signed authorization request', () => {
  it('leaves the client id and the request object in the address', async () => {
    const relyingParty = server.relyingParty({ authorization: [signedRequest(signer)] })
    const { url, state } = await relyingParty.startLogin({
      redirectUri,
      maxAge: 60,
      authorizationDetails: [{ type: 'payment' }],
    })
    const { request = '', ...others } = Object.fromEntries(new URL(url).searchParams)
    expect(others).toEqual({ client_id: 'spa' })
    expect(decodeProtectedHeader(request)).toEqual({
      alg: 'ES256',
      typ: 'oauth-authz-req+jwt',
      kid: 'client-key',
    })
    const currentDate = new Date(server.clock.wallTime())
    const { payload } = await jwtVerify(request, publicKey, { currentDate, audience: issuer, issuer: 'spa' })
    expect(payload).toMatchObject({
      client_id: 'spa',
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
      state,
      max_age: 60,
      authorization_details: [{ type: 'payment' }],
    })
    expect(payload.sub).toBeUndefined()
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
    expect(payload.iat).toBe(server.clock.wallTime() / 1000 - 10)
  })

  it('has a fresh jti each time', async () => {
    const relyingParty = server.relyingParty({ authorization: [signedRequest(signer)] })
    const jti = async (): Promise<string | undefined> => {
      const { url } = await relyingParty.startLogin({ redirectUri })
      return decodeJwt(new URL(url).searchParams.get('request') ?? '').jti
    }
    expect(await jti()).not.toBe(await jti())
  })

  it('is pushed where both are asked for', async () => {
    const endpoint = `${issuer}/par`
    server.bend.metadata = {
      pushed_authorization_request_endpoint: endpoint,
      require_pushed_authorization_requests: true,
      require_signed_request_object: true,
    }
    server.on(endpoint, () => json({ request_uri: 'urn:x', expires_in: 60 }, { status: 201 }))
    const relyingParty = server.relyingParty({
      authorization: [signedRequest(signer), pushedAuthorization()],
    })
    const { url } = await relyingParty.startLogin({ redirectUri })
    expect(new URL(url).searchParams.get('request_uri')).toBe('urn:x')
    const body = new URLSearchParams(server.requests.find((request) => request.url === endpoint)?.body)
    expect([...body.keys()].sort()).toEqual(['client_id', 'request'])
  })

  it('is refused behind a pushed one, whose reference it would sign', async () => {
    server.bend.metadata = { pushed_authorization_request_endpoint: `${issuer}/par` }
    server.on(`${issuer}/par`, () => json({ request_uri: 'urn:x', expires_in: 60 }, { status: 201 }))
    const relyingParty = server.relyingParty({
      authorization: [pushedAuthorization(), signedRequest(signer)],
    })
    await expect(relyingParty.startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })

  it('is what a server that demands it gets: without the extension the error names it', async () => {
    server.bend.metadata = { require_signed_request_object: true }
    await expect(server.relyingParty().startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'extension_missing',
      message: expect.stringContaining('signedRequest'),
    })
    const relyingParty = server.relyingParty({ authorization: [signedRequest(signer)] })
    await expect(relyingParty.startLogin({ redirectUri })).resolves.toBeDefined()
  })

  it.each(['request', 'request_uri'])('cannot be slipped in as the extra parameter %s', async (name) => {
    const extraParameters = { [name]: 'x' }
    await expect(server.relyingParty().startLogin({ redirectUri, extraParameters })).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })
})
