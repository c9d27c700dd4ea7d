import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import type { ReferenceServer } from '../create-reference-server.ts'
import {
  codeForm,
  confidentialClient,
  createServer,
  issuer,
  type JsonAnswer,
  post,
  publicClient,
} from '../test-support.ts'
import { athOf, createDpopKey, type DpopKey, type ProofChanges } from './dpop.test-support.ts'

const withoutNonces = { dpop: { nonces: 'off' } } as const

/** Exchanges a code with a proof. */
async function exchange(server: ReferenceServer, key: DpopKey, changes: ProofChanges = {}, path = '/token') {
  const proof = await key.prove('POST', path, changes)
  return post(server, '/token', await codeForm(server), { DPoP: proof })
}

async function refreshWith(server: ReferenceServer, key: DpopKey | undefined, token: string | undefined) {
  const form = { grant_type: 'refresh_token', client_id: 'spa', refresh_token: token }
  return post(server, '/token', form, key ? { DPoP: await key.prove('POST', '/token') } : {})
}

interface Presentation {
  readonly token: string | undefined
  readonly scheme?: string
  readonly proof?: string | undefined
}

function getUserInfo(server: ReferenceServer, { token, scheme = 'DPoP', proof }: Presentation) {
  const headers = { Authorization: `${scheme} ${token}`, ...(proof !== undefined && { DPoP: proof }) }
  return server.fetch(new Request(`${issuer}/userinfo`, { headers }))
}

async function proveFor(key: DpopKey, token: string | undefined, claims = {}): Promise<string> {
  return key.prove('GET', '/userinfo', { claims: { ath: await athOf(token), ...claims } })
}

const errorOf = ({ status, body }: JsonAnswer) => [status, body['error']]

describe('a token request with a proof', () => {
  test('gives a token that is bound to the key', async () => {
    const [server, key] = [createServer(withoutNonces), await createDpopKey()]
    const { status, body, headers } = await exchange(server, key)
    expect(status).toBe(200)
    expect(body['token_type']).toBe('DPoP')
    expect(decodeJwt(body['access_token'] ?? '')['cnf']).toEqual({ jkt: key.jkt })
    expect(decodeJwt(body['id_token'] ?? '')).not.toHaveProperty('cnf')
    expect(headers.has('dpop-nonce')).toBe(false)
  })

  test('without one gives a bearer token', async () => {
    const server = createServer()
    const { body } = await post(server, '/token', await codeForm(server))
    expect(body['token_type']).toBe('Bearer')
    expect(decodeJwt(body['access_token'] ?? '')).not.toHaveProperty('cnf')
  })

  test.each(['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA', 'Ed25519'])('takes %s', async (alg) => {
    const key = await createDpopKey(alg)
    expect((await exchange(createServer(withoutNonces), key)).status).toBe(200)
  })

  test.each<[string, ProofChanges]>([
    ['another method', { claims: { htm: 'GET' } }],
    ['another URL', { claims: { htu: `${issuer}/userinfo` } }],
    ['another host', { claims: { htu: 'https://evil.example/token' } }],
    ['no URL', { claims: { htu: 'token' } }],
    ['a time too long ago', { claims: { iat: 1_800_000_000 - 301 } }],
    ['a time to come', { claims: { iat: 1_800_000_000 + 61 } }],
    ['no time', { claims: { iat: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['another type', { header: { typ: 'JWT' } }],
    ['no key', { header: { jwk: undefined } }],
  ])('is refused with %s', async (_name, changes) => {
    const answer = await exchange(createServer(withoutNonces), await createDpopKey(), changes)
    expect(errorOf(answer)).toEqual([400, 'invalid_dpop_proof'])
  })

  test.each([
    ['htu in capitals and with a query', { htu: 'HTTPS://AS.EXAMPLE:443/token?x=1#y' }],
    ['the oldest time', { iat: 1_800_000_000 - 300 }],
    ['a clock a minute ahead', { iat: 1_800_000_000 + 60 }],
  ])('is good with %s', async (_name, claims) => {
    expect((await exchange(createServer(withoutNonces), await createDpopKey(), { claims })).status).toBe(200)
  })

  test('is refused with a key that did not sign, a private key, a symmetric one, and no JWT', async () => {
    const server = createServer(withoutNonces)
    const key = await createDpopKey()
    const other = await generateKeyPair('ES256', { extractable: true })
    const keys = [
      await exportJWK(other.publicKey),
      await exportJWK(other.privateKey),
      { kty: 'oct', k: 'AAAA' },
    ]
    for (const jwk of keys) {
      expect(errorOf(await exchange(server, key, { header: { jwk } }))).toEqual([400, 'invalid_dpop_proof'])
    }
    for (const proof of ['', 'nonsense', 'a.b.c', `${await key.prove('POST', '/token')}, x`]) {
      const answer = await post(server, '/token', await codeForm(server), { DPoP: proof })
      expect(errorOf(answer)).toEqual([400, 'invalid_dpop_proof'])
    }
  })

  test('is refused when the proof comes again', async () => {
    const [server, key] = [createServer(withoutNonces), await createDpopKey()]
    const proof = { claims: { jti: 'once' } }
    expect((await exchange(server, key, proof)).status).toBe(200)
    expect(errorOf(await exchange(server, key, proof))).toEqual([400, 'invalid_dpop_proof'])
    expect((await exchange(server, await createDpopKey(), proof)).status).toBe(200)
  })

  test('is demanded of a client that is registered so', async () => {
    const server = createServer({
      ...withoutNonces,
      clients: [{ ...publicClient, dpopBoundAccessTokens: true }],
    })
    const bare = await post(server, '/token', await codeForm(server))
    expect(errorOf(bare)).toEqual([400, 'invalid_dpop_proof'])
    expect((await exchange(server, await createDpopKey())).status).toBe(200)
  })
})

describe('dpop_jkt', () => {
  const redeem = async (server: ReferenceServer, jkt: string, key?: DpopKey) => {
    const form = await codeForm(server, { dpop_jkt: jkt })
    return post(server, '/token', form, key ? { DPoP: await key.prove('POST', '/token') } : {})
  }

  test('binds the code to the key', async () => {
    const [server, key] = [createServer(withoutNonces), await createDpopKey()]
    expect((await redeem(server, key.jkt, key)).status).toBe(200)
    const other = await createDpopKey()
    expect(errorOf(await redeem(server, key.jkt, other))).toEqual([400, 'invalid_grant'])
    expect(errorOf(await redeem(server, key.jkt))).toEqual([400, 'invalid_grant'])
  })

  test('is refused when it is no thumbprint', async () => {
    const refused = codeForm(createServer(), { dpop_jkt: 'short' })
    expect(await refused).toMatchObject({ code: undefined })
  })
})

describe('a refresh token', () => {
  test('of a public client is bound to the key', async () => {
    const [server, key] = [createServer(withoutNonces), await createDpopKey()]
    const { refresh_token: token } = (await exchange(server, key)).body
    expect(errorOf(await refreshWith(server, await createDpopKey(), token))).toEqual([400, 'invalid_grant'])
    expect(errorOf(await refreshWith(server, undefined, token))).toEqual([400, 'invalid_grant'])
    const { status, body } = await refreshWith(server, key, token)
    expect([status, body['token_type']]).toEqual([200, 'DPoP'])
    expect(decodeJwt(body['access_token'] ?? '')['cnf']).toEqual({ jkt: key.jkt })
    expect(server.ledger.countEvents('refresh_token_reused')).toBe(0)
  })

  test('of a confidential client is not: only its access tokens are', async () => {
    const server = createServer(withoutNonces)
    const { clientId, clientSecret, redirectUris } = confidentialClient
    const address = { client_id: clientId, redirect_uri: redirectUris[0] }
    const form = { ...(await codeForm(server, address)), ...address, client_secret: clientSecret }
    const [first, second] = [await createDpopKey(), await createDpopKey()]
    const { body } = await post(server, '/token', form, { DPoP: await first.prove('POST', '/token') })
    const refresh = { grant_type: 'refresh_token', client_id: clientId, client_secret: clientSecret }
    const headers = { DPoP: await second.prove('POST', '/token') }
    const renewed = await post(
      server,
      '/token',
      { ...refresh, refresh_token: body['refresh_token'] },
      headers,
    )
    expect(decodeJwt(renewed.body['access_token'] ?? '')['cnf']).toEqual({ jkt: second.jkt })
  })
})

describe('nonces', () => {
  test('are demanded at the token endpoint, and spend nothing', async () => {
    const [server, key] = [createServer(), await createDpopKey()]
    const form = await codeForm(server)
    const asked = await post(server, '/token', form, { DPoP: await key.prove('POST', '/token') })
    expect(errorOf(asked)).toEqual([400, 'use_dpop_nonce'])
    const nonce = asked.headers.get('dpop-nonce') ?? ''
    expect(nonce).toMatch(/^[\w-]{43}$/)
    const proof = await key.prove('POST', '/token', { claims: { nonce } })
    const { status, headers } = await post(server, '/token', form, { DPoP: proof })
    expect([status, headers.get('dpop-nonce')]).toEqual([200, nonce])
  })

  test('rotate in good answers, the earlier one good for a while yet, and then no more', async () => {
    const server = createServer({ dpop: { nonceLifetime: 100 } })
    const key = await createDpopKey()
    const exchangeWith = (nonce: string) =>
      exchange(server, key, { claims: { nonce, iat: server.clock.now() } })
    const first = (await exchangeWith('made up')).headers.get('dpop-nonce') ?? ''
    server.clock.advance(50)
    const rotated = await exchangeWith(first)
    const second = rotated.headers.get('dpop-nonce') ?? ''
    expect(rotated.status).toBe(200)
    expect(second).not.toBe(first)
    server.clock.advance(49)
    expect((await exchangeWith(first)).status).toBe(200)
    server.clock.advance(1)
    expect(errorOf(await exchangeWith(first))).toEqual([400, 'use_dpop_nonce'])
    expect((await exchangeWith(second)).status).toBe(200)
  })

  test('are demanded at resources with 401', async () => {
    const [server, key] = [createServer(), await createDpopKey()]
    const nonce = (await exchange(server, key)).headers.get('dpop-nonce')
    const { access_token: token } = (await exchange(server, key, { claims: { nonce } })).body
    const asked = await getUserInfo(server, { token, proof: await proveFor(key, token) })
    expect(asked.status).toBe(401)
    expect(asked.headers.get('www-authenticate')).toMatch(
      /^DPoP realm="userinfo", error="use_dpop_nonce", .*algs="ES256 /,
    )
    expect(asked.headers.get('dpop-nonce')).toBe(nonce)
    const answer = await getUserInfo(server, { token, proof: await proveFor(key, token, { nonce }) })
    expect([answer.status, answer.headers.get('dpop-nonce')]).toEqual([200, nonce])
  })
})

describe('a protected endpoint', () => {
  async function boundToken() {
    const [server, key] = [createServer(withoutNonces), await createDpopKey()]
    const { access_token: token = '' } = (await exchange(server, key)).body
    return { server, key, token }
  }

  const challengeOf = (response: Response) => {
    const header = response.headers.get('www-authenticate') ?? ''
    return [response.status, header.split(' ')[0], /error="(\w+)"/.exec(header)?.[1]]
  }

  test.each(['DPoP', 'dpop'])('takes a bound token by the scheme %s', async (scheme) => {
    const { server, key, token } = await boundToken()
    const proof = await proveFor(key, token)
    const response = await getUserInfo(server, { token, scheme, proof })
    expect(await response.json()).toMatchObject({ sub: 'ada' })
  })

  test('refuses a bound token as bearer token, with and without its proof, in header and form', async () => {
    const { server, key, token } = await boundToken()
    for (const proof of [undefined, await proveFor(key, token)]) {
      const response = await getUserInfo(server, { token, scheme: 'Bearer', proof })
      expect(challengeOf(response)).toEqual([401, 'DPoP', 'invalid_token'])
    }
    const inForm = await post(server, '/userinfo', { access_token: token })
    expect(errorOf(inForm)).toEqual([401, 'invalid_token'])
  })

  test('refuses a proof that is missing, of another token, of another key, for another place, or spent', async () => {
    const { server, key, token } = await boundToken()
    const wrong = [
      ['invalid_dpop_proof', undefined],
      ['invalid_dpop_proof', await key.prove('GET', '/userinfo')],
      ['invalid_dpop_proof', await proveFor(key, 'another token')],
      ['invalid_dpop_proof', await proveFor(key, token, { htm: 'POST' })],
      ['invalid_dpop_proof', await proveFor(key, token, { htu: `${issuer}/token` })],
      ['invalid_token', await proveFor(await createDpopKey(), token)],
    ] as const
    for (const [code, proof] of wrong) {
      const response = await getUserInfo(server, { token, proof })
      expect(challengeOf(response)).toEqual([401, 'DPoP', code])
    }
    const proof = await proveFor(key, token)
    expect((await getUserInfo(server, { token, proof })).status).toBe(200)
    const again = await getUserInfo(server, { token, proof })
    expect(challengeOf(again)).toEqual([401, 'DPoP', 'invalid_dpop_proof'])
  })

  test('refuses an unbound token by the scheme DPoP, and an unknown one', async () => {
    const server = createServer(withoutNonces)
    const key = await createDpopKey()
    const { access_token: token } = (await post(server, '/token', await codeForm(server))).body
    const unbound = await getUserInfo(server, { token, proof: await proveFor(key, token) })
    expect(challengeOf(unbound)).toEqual([401, 'DPoP', 'invalid_token'])
    const unknown = await getUserInfo(server, { token: 'x', proof: await proveFor(key, 'x') })
    expect(challengeOf(unknown)).toEqual([401, 'DPoP', 'invalid_token'])
    const strange = await getUserInfo(server, { token, scheme: '__proto__' })
    expect(challengeOf(strange)).toEqual([401, 'Bearer', undefined])
  })
})
