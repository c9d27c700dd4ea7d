import { createMemoryStore } from '../ports/memory-store.ts'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createScriptedServer, issuer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

/** Logs in and gives the error; the session must not have begun and nothing may have been kept. */
async function refusal(): Promise<unknown> {
  const relyingParty = server.relyingParty()
  const error: unknown = await server.logIn(relyingParty, { maxAge: 600 }).catch((reason: unknown) => reason)
  expect(relyingParty.session.status).toBe('restoring')
  expect(await server.vault.get(`concierge:tokens:spa@${issuer}`)).toBeUndefined()
  return error
}

const now = 1_800_000_000

describe('an ID token is refused', () => {
  beforeEach(() => {
    server.bend.claims = { auth_time: now }
  })

  it.each([
    ['iss', { iss: 'https://evil.example' }],
    ['iss', { iss: `${issuer}/` }],
    ['aud', { aud: 'another' }],
    ['aud', { aud: undefined }],
    ['aud', { aud: ['spa', 'another'] }],
    ['azp', { aud: ['spa', 'another'], azp: 'another' }],
    ['sub', { sub: undefined }],
    ['sub', { sub: '' }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['iat', { iat: undefined }],
    ['iat', { iat: now + 86_400 }],
    ['iat', { iat: now - 10 * 31_536_000 }],
    ['exp', { exp: undefined }],
    ['exp', { exp: now - 301 }],
    ['exp', { exp: String(now + 60) }],
    ['exp', { exp: 1e300 }],
    ['exp', { exp: (now + 3_600) * 1000 }],
    ['exp', { exp: now + 31 * 86_400 }],
    ['nonce', { nonce: 'another' }],
    ['nonce', { nonce: undefined }],
    ['nonce', { nonce: ['a'] }],
    ['at_hash', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['auth_time', { auth_time: undefined }],
    ['auth_time', { auth_time: now - 901 }],
  ])('for its %s (%j)', async (claim, claims) => {
    server.bend.claims = { auth_time: now, ...claims }
    expect(await refusal()).toMatchObject({ code: 'id_token_claim_invalid', claim })
  })

  it.each([undefined, 'bronze', ['gold']])('I16: an acr that was not asked for: %j', async (acr) => {
    server.bend.claims = { acr }
    const strict = server.relyingParty({ vault: createMemoryStore() })
    const asked = { acrValues: ['gold', 'silver'] }
    await expect(server.logIn(strict, asked)).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim: 'acr',
    })
    await expect(server.logIn(strict, { ...asked, acrIsVoluntary: true })).resolves.toBeUndefined()
    server.bend.claims = { acr: 'silver' }
    await expect(server.logIn(strict, asked)).resolves.toBeUndefined()
  })

  it('with an exp in milliseconds, and the message says so', async () => {
    server.bend.claims = { exp: (now + 3_600) * 1000 }
    expect(await refusal()).toMatchObject({ message: expect.stringContaining('milliseconds') })
  })

  it.each([
    ['crit', { crit: ['exp'] }],
    ['jwk', { jwk: { kty: 'EC' } }],
    ['jku', { jku: 'https://evil.example/keys' }],
    ['x5u', { x5u: 'https://evil.example/chain' }],
    ['typ', { typ: 'at+jwt' }],
  ])('for %s in its header, and nothing is fetched from there', async (_, header) => {
    server.bend.idToken = (token) =>
      [encode({ alg: 'ES256', kid: 'key-1', ...header }), ...token.split('.').slice(1)].join('.')
    expect(await refusal()).toMatchObject({ code: 'id_token_malformed' })
    expect(server.requests.filter(({ url }) => !url.startsWith(issuer))).toEqual([])
  })

  it.each(['none', 'nOnE', 'HS256', 'RS1', ''])('for the algorithm %j', async (alg) => {
    server.bend.idToken = (token) => [encode({ alg }), ...token.split('.').slice(1)].join('.')
    expect(await refusal()).toMatchObject({ code: 'id_token_algorithm_refused' })
  })

  it('that is not signed at all', async () => {
    server.bend.idToken = () => new UnsecuredJWT({ sub: 'ada' }).encode()
    expect(await refusal()).toMatchObject({ code: 'id_token_malformed' })
  })

  it('whose signature is broken', async () => {
    server.bend.idToken = (token) =>
      `${token.slice(0, -10)}${token.at(-10) === 'A' ? 'B' : 'A'}${token.slice(-9)}`
    expect(await refusal()).toMatchObject({ code: 'id_token_signature_invalid' })
  })

  it('that another key signed under the right key id', async () => {
    await server.useKey('key-1', { publish: false })
    expect(await refusal()).toMatchObject({ code: 'id_token_signature_invalid' })
  })

  it('whose payload was exchanged', async () => {
    server.bend.idToken = (token) => {
      const [header, payload = '', signature] = token.split('.')
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
      return [header, encode({ ...claims, sub: 'eve' }), signature].join('.')
    }
    expect(await refusal()).toMatchObject({ code: 'id_token_signature_invalid' })
  })

  it.each([
    ['a space', (token: string) => `${token} `],
    ['a newline', (token: string) => token.replace('.', '\n.')],
    ['padding', (token: string) => `${token}==`],
    ['a fourth segment', (token: string) => `${token}.AA`],
    [
      'bits behind the last byte',
      (token: string) => token.slice(0, -1) + String.fromCharCode(token.charCodeAt(token.length - 1) + 1),
    ],
    ['more than 64 KiB', (token: string) => token + 'A'.repeat(65_536)],
  ])('with %s, before anything is computed', async (_, spoil) => {
    server.bend.idToken = spoil
    expect(await refusal()).toMatchObject({ code: 'id_token_malformed' })
    expect(server.requests.filter(({ url }) => url.endsWith('/jwks')).length).toBeLessThanOrEqual(1)
  })
})

describe('an ID token is accepted', () => {
  it.each([
    ['with an audience of one element', { aud: ['spa'] }],
    ['with a second audience and this client as authorized party', { aud: ['spa', 'api'], azp: 'spa' }],
    ['with fractional times', { iat: now - 0.5, exp: now + 60.25 }],
    ['from a server whose clock is three minutes fast', { iat: now + 180, exp: now + 400 }],
    ['that ended three minutes ago by this clock', { iat: now - 600, exp: now - 180 }],
  ])('%s', async (_, claims) => {
    server.bend.claims = claims
    await expect(server.logIn(server.relyingParty())).resolves.toBeUndefined()
  })

  it.each(['ES256', 'ES384', 'RS256', 'PS256', 'EdDSA'])('signed with %s, with its at_hash', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    server.on(`${issuer}/jwks`, async () => Response.json({ keys: [await exportJWK(publicKey)] }))
    const relyingParty = server.relyingParty()
    const parameters = await server.visit(relyingParty)
    const book = await server.transactions.get(`concierge:logins:spa@${issuer}`)
    const { pending } = Object(book?.value) as { pending: { nonce: string }[] }
    const digest = await crypto.subtle.digest(
      `SHA-${alg === 'EdDSA' ? 512 : alg.slice(-3)}`,
      Buffer.from('token'),
    )
    const atHash = Buffer.from(digest)
      .subarray(0, digest.byteLength / 2)
      .toString('base64url')
    const claims = {
      iss: issuer,
      aud: 'spa',
      sub: 'ada',
      iat: now,
      exp: now + 60,
      nonce: pending[0]?.nonce,
      at_hash: atHash,
    }
    const idToken = await new SignJWT(claims).setProtectedHeader({ alg }).sign(privateKey)
    server.on(`${issuer}/token`, () =>
      Response.json({ access_token: 'token', token_type: 'Bearer', id_token: idToken }),
    )
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({})
  })
})

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
