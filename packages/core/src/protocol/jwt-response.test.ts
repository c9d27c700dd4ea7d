import { generateKeyPair, SignJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { signerFromKey } from '../ports/signer.ts'
import type { RelyingParty } from '../relying-party/create-relying-party.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { AuthorizationExtension } from './authorization-extension.ts'
import { jwtResponse } from './jwt-response.ts'
import { pushedAuthorization } from './pushed-authorization.ts'
import { signedRequest } from './signed-request.ts'

let server: ScriptedServer
let relyingParty: RelyingParty

beforeEach(async () => {
  server = await createScriptedServer()
  relyingParty = server.relyingParty({ authorization: [jwtResponse()] })
})

/** The claims of an answer to a login under way. */
async function usualClaims(): Promise<Record<string, unknown>> {
  const { code, state } = Object.fromEntries(await server.visit(relyingParty))
  return { iss: issuer, aud: 'spa', exp: server.clock.wallTime() / 1000 + 600, code, state }
}

async function finish(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<unknown> {
  const response = await server.sign({ ...(await usualClaims()), ...claims }, header)
  return relyingParty.finishLogin(new URLSearchParams({ response }))
}

describe('a signed authorization response', () => {
  it.each([undefined, 'query.jwt', 'fragment.jwt', 'form_post.jwt'] as const)(
    'is asked for as %s',
    async (mode) => {
      const extension = mode ? jwtResponse({ mode }) : jwtResponse()
      const asking = server.relyingParty({ authorization: [extension] })
      const { url } = await asking.startLogin({ redirectUri })
      expect(new URL(url).searchParams.get('response_mode')).toBe(mode ?? 'jwt')
    },
  )

  it('leads to a session', async () => {
    await expect(finish({})).resolves.toEqual({})
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('leads to a session in a page that was loaded anew', async () => {
    const response = await server.sign(await usualClaims())
    const reloaded = server.relyingParty({ authorization: [jwtResponse()] })
    await expect(reloaded.finishLogin(new URLSearchParams({ response }))).resolves.toEqual({})
  })

  it('may name this client among others', async () => {
    await expect(finish({ aud: ['other', 'spa'] })).resolves.toEqual({})
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['of another issuer', { iss: 'https://evil.example' }, 'callback_issuer_mismatch'],
    ['of an issuer with a trailing slash', { iss: `${issuer}/` }, 'callback_issuer_mismatch'],
    ['without an issuer', { iss: undefined }, 'callback_issuer_mismatch'],
    ['for another client', { aud: 'other' }, 'callback_malformed'],
    ['for nobody', { aud: undefined }, 'callback_malformed'],
    ['that expired', { exp: 1_800_000_000 - 301 }, 'callback_expired'],
    ['without an expiry', { exp: undefined }, 'callback_malformed'],
    ['with an expiry in milliseconds', { exp: 1_800_000_600_000 }, 'callback_malformed'],
    ['with an expiry in words', { exp: '1800000600' }, 'callback_malformed'],
    ['without a state', { state: undefined }, 'callback_state_missing'],
    ['with an unknown state', { state: 'x'.repeat(43) }, 'callback_state_unknown'],
    ['without a code', { code: undefined }, 'callback_malformed'],
    ['with an access token', { access_token: canary }, 'callback_malformed'],
    ['of a user who declined', { code: undefined, error: 'access_denied' }, 'access_denied'],
    ['with another error', { code: undefined, error: 'server_error' }, 'authorization_refused'],
  ])('%s is refused before any token request', async (_, claims, code) => {
    await expect(finish(claims)).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining(canary),
    })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['crit', { crit: ['b64'], b64: true }, 'callback_malformed'],
    ['jku', { jku: 'https://evil.example/jwks' }, 'callback_malformed'],
    ['jwk', { jwk: { kty: 'EC' } }, 'callback_malformed'],
    ['an unknown kid', { kid: 'another' }, 'key_not_found'],
  ])('with %s in its header is refused', async (_, header, code) => {
    await expect(finish({}, header)).rejects.toMatchObject({ code })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('with a broken signature is refused', async () => {
    const response = await server.sign(await usualClaims())
    const [header, payload, signature = ''] = response.split('.')
    const broken = [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join(
      '.',
    )
    await expect(relyingParty.finishLogin(new URLSearchParams({ response: broken }))).rejects.toMatchObject({
      code: 'callback_signature_invalid',
    })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('leaves the pending login alone while nobody knows who made it', async () => {
    const claims = await usualClaims()
    const { privateKey } = await generateKeyPair('ES256')
    const forged = await new SignJWT({ ...claims, code: 'evil' })
      .setProtectedHeader({ alg: 'ES256', kid: 'key-1' })
      .sign(privateKey)
    await expect(relyingParty.finishLogin(new URLSearchParams({ response: forged }))).rejects.toMatchObject({
      code: 'callback_signature_invalid',
    })
    const response = await server.sign(claims)
    await expect(relyingParty.finishLogin(new URLSearchParams({ response }))).resolves.toEqual({})
  })

  it.each(['HS256', 'none', 'RS256'])(
    'with the algorithm %s where ES256 is pinned is refused',
    async (alg) => {
      const only = server.relyingParty({ authorization: [jwtResponse({ algorithms: ['ES256'] })] })
      const header = Buffer.from(JSON.stringify({ alg, kid: 'key-1' })).toString('base64url')
      const [, ...rest] = (await server.sign(await usualClaims())).split('.')
      const response = [header, ...rest].join('.')
      await expect(only.finishLogin(new URLSearchParams({ response }))).rejects.toMatchObject({
        code: 'callback_signature_invalid',
      })
    },
  )

  it('is what comes back, or nothing: a plain answer is refused', async () => {
    const plain = await server.visit(relyingParty)
    await expect(relyingParty.finishLogin(plain)).rejects.toMatchObject({ code: 'callback_malformed' })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('comes once: two of them are refused', async () => {
    const response = await server.sign(await usualClaims())
    const twice = new URLSearchParams([
      ['response', response],
      ['response', response],
    ])
    await expect(relyingParty.finishLogin(twice)).rejects.toMatchObject({ code: 'callback_malformed' })
  })

  it('has what stands beside it in the address ignored', async () => {
    const response = await server.sign(await usualClaims())
    const parameters = new URLSearchParams({ response, code: 'evil', state: 'x' })
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({})
    expect(new URLSearchParams(server.tokenRequests()[0]?.body).get('code')).toBe(`${canary}-code`)
  })
})

describe('the place of a signed response among the extensions', () => {
  const startWith = (authorization: readonly AuthorizationExtension[]): Promise<unknown> =>
    server.relyingParty({ authorization }).startLogin({ redirectUri })

  it('is before what signs or pushes the request', async () => {
    const signer = signerFromKey((await generateKeyPair('ES256')).privateKey)
    server.bend.metadata = { pushed_authorization_request_endpoint: `${issuer}/par` }
    server.on(`${issuer}/par`, () => json({ request_uri: 'urn:x', expires_in: 60 }, { status: 201 }))
    const refused = { code: 'invalid_configuration' }
    await expect(startWith([signedRequest(signer), jwtResponse()])).rejects.toMatchObject(refused)
    await expect(startWith([pushedAuthorization(), jwtResponse()])).rejects.toMatchObject(refused)
    await expect(
      startWith([jwtResponse(), signedRequest(signer), pushedAuthorization()]),
    ).resolves.toBeDefined()
  })
})
