import { calculateJwkThumbprint, EmbeddedJWK, type JWK, jwtVerify } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryKeyStore, type KeyStore } from '../ports/key-store.ts'
import type { RelyingParty, RelyingPartyOptions } from '../relying-party/create-relying-party.ts'
import { json, type SeenRequest } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  redirectUri,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { dpop } from './dpop.ts'

const api = 'https://api.example'
const orders = `${api}/orders`
const vaultKey = `concierge:tokens:spa@${issuer}`
const keyName = `concierge:dpop:spa@${issuer}`

/** Answers in the place of the server; undefined leaves the answer to it. */
type Intercept = (request: SeenRequest, count: number) => Response | undefined

let server: ScriptedServer
let keys: KeyStore
let intercept: Intercept
let seen: SeenRequest[]

beforeEach(async () => {
  server = await createScriptedServer()
  server.bend.tokenResponse = { token_type: 'DPoP' }
  server.on(orders, () => json([]))
  keys = createMemoryKeyStore()
  intercept = () => undefined
  seen = []
})

const create = (options?: Partial<RelyingPartyOptions>): RelyingParty =>
  server.relyingParty({
    apis: [api],
    senderConstraint: dpop({ keys }),
    ...options,
    runtime: {
      http: async (url, init) => {
        const copy = init instanceof Request ? init.clone() : new Request(url, init)
        const request = { method: copy.method, url, headers: copy.headers, body: await copy.text() }
        const count = seen.push(request)
        return intercept(request, count) ?? server.http(url, init)
      },
      ...options?.runtime,
    },
  })

const logIn = async (options?: Partial<RelyingPartyOptions>): Promise<RelyingParty> => {
  const relyingParty = create(options)
  await server.logIn(relyingParty)
  return relyingParty
}

const sentTo = (address: string): readonly SeenRequest[] =>
  seen.filter(({ url }) => url.replace(/[?#].*$/, '') === address)
const proofOf = async (request: SeenRequest | undefined) => {
  const { payload, protectedHeader } = await jwtVerify(request?.headers.get('dpop') ?? '', EmbeddedJWK, {
    typ: 'dpop+jwt',
    currentDate: new Date(server.clock.wallTime()),
  })
  return {
    ...payload,
    jkt: await calculateJwkThumbprint(protectedHeader.jwk as JWK),
    jwk: protectedHeader.jwk,
  }
}
const proofsTo = (address: string) => Promise.all(sentTo(address).map(proofOf))
const demandNonce = (nonce: string): Response =>
  json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'dpop-nonce': nonce } })
const challenge = (text: string, headers: Record<string, string> = {}): Response =>
  new Response('', { status: 401, headers: { 'www-authenticate': text, ...headers } })
const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url')

describe('a login with DPoP', () => {
  it.each(['ES256', 'Ed25519'] as const)('binds the code and the tokens to one %s key', async (algorithm) => {
    const relyingParty = create({ senderConstraint: dpop({ keys, algorithm }) })
    const { url, state } = await relyingParty.startLogin({ redirectUri })
    server.bend.claims = { nonce: new URL(url).searchParams.get('nonce') }
    await relyingParty.finishLogin(new URLSearchParams({ code: `${canary}-code`, state, iss: issuer }))
    const proof = await proofOf(sentTo(`${issuer}/token`)[0])
    expect(proof).toEqual({
      htm: 'POST',
      htu: `${issuer}/token`,
      iat: server.clock.wallTime() / 1000,
      jti: expect.stringMatching(/^[\w-]{43}$/),
      jkt: new URL(url).searchParams.get('dpop_jkt'),
      jwk: expect.not.objectContaining({ d: expect.anything() }),
    })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('makes a key that cannot be exported, and uses it again at the next login', async () => {
    await logIn()
    const first = await keys.get(keyName)
    expect(first?.privateKey.extractable).toBe(false)
    await logIn()
    expect(await keys.get(keyName)).toBe(first)
  })

  it('shares the key of a login that another tab starts at the same time', async () => {
    const pair = [create(), create()]
    const started = await Promise.all(pair.map((one) => one.startLogin({ redirectUri })))
    const thumbprints = started.map(({ url }) => new URL(url).searchParams.get('dpop_jkt'))
    expect(new Set(thumbprints).size).toBe(1)
  })

  it('is finished after a reload', async () => {
    const parameters = await server.visit(create())
    await create().finishLogin(parameters)
    expect(sentTo(`${issuer}/token`)).toHaveLength(1)
  })

  it('is refused when the server issues tokens that are bound to nothing', async () => {
    server.bend.tokenResponse = { token_type: 'Bearer' }
    await expect(logIn()).rejects.toMatchObject({ code: 'token_not_bound' })
    expect(await server.vault.get(vaultKey)).toBeUndefined()
  })

  it('is refused where bound tokens come unasked', async () => {
    await expect(logIn({ senderConstraint: () => undefined as never })).rejects.toMatchObject({
      code: 'token_response_malformed',
    })
  })

  it('is refused when the server takes no such proofs', async () => {
    server.bend.metadata = { dpop_signing_alg_values_supported: ['PS256'] }
    await expect(create().startLogin({ redirectUri })).rejects.toMatchObject({
      code: 'not_supported_by_server',
    })
  })

  it('lets nobody set the key by hand', async () => {
    await expect(
      create().startLogin({ redirectUri, extraParameters: { dpop_jkt: 'x' } }),
    ).rejects.toMatchObject({ code: 'invalid_configuration' })
  })

  it.each([
    ['refuses it', { put: () => Promise.reject(new DOMException('x', 'DataCloneError')) }],
    ['keeps something else', { put: async () => ({}) as CryptoKeyPair }],
    ['keeps a key that can be exported', { put: async () => exportablePair() }],
  ])('is refused when the store for the key %s', async (_, faulty) => {
    const senderConstraint = dpop({ keys: { ...keys, ...faulty } })
    await expect(create({ senderConstraint }).startLogin({ redirectUri })).rejects.toMatchObject({
      name: 'StorageError',
      code: 'key_not_kept',
    })
  })

  it('says so when its key was lost on the way', async () => {
    const parameters = await server.visit(create())
    await keys.delete(keyName)
    await expect(create().finishLogin(parameters)).rejects.toMatchObject({ code: 'dpop_key_lost' })
    expect(sentTo(`${issuer}/token`)).toEqual([])
  })
})

describe('a nonce of the authorization server', () => {
  it('is taken up in one more request with a fresh jti', async () => {
    intercept = ({ url, headers }) =>
      url === `${issuer}/token` && nonceIn(headers) !== 'n1' ? demandNonce('n1') : undefined
    await logIn()
    const [first, second, ...others] = await proofsTo(`${issuer}/token`)
    expect(others).toEqual([])
    expect(first).not.toHaveProperty('nonce')
    expect(second).toMatchObject({ nonce: 'n1' })
    expect(second?.jti).not.toBe(first?.jti)
  })

  it('that is demanded twice is an error, and a refresh token is not spent by it', async () => {
    const relyingParty = await logIn()
    await server.clock.advance(3_600)
    const before = seen.length
    intercept = ({ url }) => (url === `${issuer}/token` ? demandNonce(`n${seen.length}`) : undefined)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'request_refused',
      error: 'use_dpop_nonce',
      sessionSurvives: true,
    })
    expect(seen).toHaveLength(before + 2)
    expect(await server.vault.get(vaultKey)).toMatchObject({
      value: expect.not.objectContaining({ attempt: expect.anything() }),
    })
    intercept = () => undefined
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('is asked for within the one refresh of many callers', async () => {
    const relyingParty = await logIn()
    await server.clock.advance(3_600)
    intercept = ({ url, headers }) =>
      url === `${issuer}/token` && nonceIn(headers) !== 'n1' ? demandNonce('n1') : undefined
    const tokens = await Promise.all(Array.from({ length: 20 }, () => relyingParty.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set([`${canary}-access-2`]))
    expect(sentTo(`${issuer}/token`)).toHaveLength(3)
  })

  it('is learnt from answers that demand none, and UserInfo uses it', async () => {
    const relyingParty = create()
    server.on(`${issuer}/userinfo`, () => json({ sub: 'ada' }, { headers: { 'dpop-nonce': 'n2' } }))
    await server.logIn(relyingParty)
    await relyingParty.userInfo()
    await relyingParty.userInfo()
    const [first, second] = await proofsTo(`${issuer}/userinfo`)
    expect(first).not.toHaveProperty('nonce')
    expect(second).toMatchObject({
      nonce: 'n2',
      htm: 'GET',
      htu: `${issuer}/userinfo`,
      ath: await sha256(`${canary}-access-1`),
    })
    expect(sentTo(`${issuer}/userinfo`)[0]?.headers.get('authorization')).toBe(`DPoP ${canary}-access-1`)
  })

  it('is asked for by UserInfo too', async () => {
    const relyingParty = await logIn()
    intercept = ({ url, headers }) =>
      url === `${issuer}/userinfo` && nonceIn(headers) !== 'n3'
        ? challenge('Bearer realm="x", DPoP error="use_dpop_nonce"', { 'dpop-nonce': 'n3' })
        : undefined
    await expect(relyingParty.userInfo()).resolves.toMatchObject({ sub: 'ada' })
    expect(sentTo(`${issuer}/userinfo`)).toHaveLength(2)
  })
})

describe('a call of an API with DPoP', () => {
  it('carries the token under its own scheme, and a proof of method, address and token', async () => {
    const relyingParty = await logIn()
    await relyingParty.fetch(`${orders}?page=2#top`, { method: 'PUT', body: 'one coffee' })
    const [call] = sentTo(orders)
    expect(call?.headers.get('authorization')).toBe(`DPoP ${canary}-access-1`)
    expect(await proofOf(call)).toMatchObject({
      htm: 'PUT',
      htu: orders,
      ath: await sha256(`${canary}-access-1`),
      jkt: (await proofOf(sentTo(`${issuer}/token`)[0])).jkt,
    })
  })

  it.each([
    'DPoP error="use_dpop_nonce"',
    'dpop error=use_dpop_nonce',
    'Bearer realm="x", DPOP error="use_dpop_nonce"',
  ])('is made once more where the API answers %s', async (text) => {
    const relyingParty = await logIn()
    intercept = ({ url, headers }) =>
      url === orders && nonceIn(headers) !== 'a1' ? challenge(text, { 'dpop-nonce': 'a1' }) : undefined
    await expect(relyingParty.fetch(orders, { method: 'POST', body: 'tea' })).resolves.toMatchObject({
      status: 200,
    })
    const [first, second] = await proofsTo(orders)
    expect(second).toMatchObject({ nonce: 'a1' })
    expect(second?.jti).not.toBe(first?.jti)
    expect(sentTo(orders).map(({ body }) => body)).toEqual(['tea', 'tea'])
    expect(sentTo(`${issuer}/token`)).toHaveLength(1)
  })

  it('is an error where the API demands a nonce again', async () => {
    const relyingParty = await logIn()
    intercept = ({ url }, count) =>
      url === orders ? challenge('DPoP error="use_dpop_nonce"', { 'dpop-nonce': `a${count}` }) : undefined
    await expect(relyingParty.fetch(orders)).rejects.toMatchObject({
      code: 'request_refused',
      error: 'use_dpop_nonce',
    })
    expect(sentTo(orders)).toHaveLength(2)
  })

  it('hands the demand on where the body was a stream, and has learnt the nonce', async () => {
    const relyingParty = await logIn()
    intercept = ({ url, headers }) =>
      url === orders && nonceIn(headers) !== 'a1'
        ? challenge('DPoP error="use_dpop_nonce"', { 'dpop-nonce': 'a1' })
        : undefined
    const post = () =>
      relyingParty.fetch(orders, {
        method: 'POST',
        body: new Response('tea').body,
        duplex: 'half',
      } as RequestInit)
    await expect(post()).resolves.toMatchObject({ status: 401 })
    await expect(post()).resolves.toMatchObject({ status: 200 })
  })

  it('keeps the nonces of servers apart', async () => {
    const other = 'https://other.example'
    server.on(orders, () => json([], { headers: { 'dpop-nonce': 'of-api' } }))
    server.on(`${other}/`, () => json([], { headers: { 'dpop-nonce': 'of-other' } }))
    intercept = ({ url, headers }) =>
      url === `${issuer}/token` && nonceIn(headers) !== 'of-issuer' ? demandNonce('of-issuer') : undefined
    const relyingParty = await logIn({ apis: [api, other] })
    for (const url of [orders, `${other}/`, orders, `${other}/`]) await relyingParty.fetch(url)
    await server.clock.advance(3_600)
    await relyingParty.getAccessToken()
    const noncesTo = async (address: string) =>
      (await proofsTo(address)).map((proof) => (proof as { nonce?: string }).nonce)
    expect(await noncesTo(orders)).toEqual([undefined, 'of-api'])
    expect(await noncesTo(`${other}/`)).toEqual([undefined, 'of-other'])
    expect(await noncesTo(`${issuer}/token`)).toEqual([undefined, 'of-issuer', 'of-issuer'])
  })

  it('never mixes up with others while the nonce changes in each of twenty answers at once', async () => {
    let issued = 0
    server.on(`${api}/item`, ({ url }) =>
      json({ item: new URL(url).searchParams.get('id') }, { headers: { 'dpop-nonce': `a${(issued += 1)}` } }),
    )
    const relyingParty = await logIn()
    const ids = Array.from({ length: 20 }, (_, id) => String(id))
    const answers = await Promise.all(
      ids.map(async (id) => (await relyingParty.fetch(`${api}/item?id=${id}`)).json()),
    )
    expect(answers).toEqual(ids.map((item) => ({ item })))
    await relyingParty.fetch(`${api}/item?id=last`)
    const proofs = await proofsTo(`${api}/item`)
    expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(21)
    expect(proofs.at(-1)).toMatchObject({ nonce: 'a20' })
  })

  it.each(['Bearer error="invalid_token"', 'Bearer', 'bearer realm="x", error="use_dpop_nonce"'])(
    'is never made without a proof, though the API answers %s',
    async (text) => {
      const relyingParty = await logIn()
      intercept = ({ url }) => (url === orders ? challenge(text) : undefined)
      await relyingParty.fetch(orders).catch(() => undefined)
      for (const { headers } of sentTo(orders)) {
        expect(headers.get('authorization')).toMatch(/^DPoP /)
        expect(headers.get('dpop')).toBeTruthy()
      }
    },
  )

  it('is made with the new token and a new proof after a 401 with invalid_token', async () => {
    const relyingParty = await logIn()
    intercept = ({ url, headers }) =>
      url === orders && headers.get('authorization')?.endsWith('-1')
        ? challenge('DPoP error="invalid_token"')
        : undefined
    await expect(relyingParty.fetch(orders)).resolves.toMatchObject({ status: 200 })
    expect((await proofsTo(orders)).map((proof) => (proof as { ath?: string }).ath)).toEqual([
      await sha256(`${canary}-access-1`),
      await sha256(`${canary}-access-2`),
    ])
  })
})

describe('a lost key', () => {
  const loseKey = async (): Promise<RelyingParty> => {
    await logIn()
    await keys.delete(keyName)
    const reloaded = create()
    await reloaded.restore()
    return reloaded
  }

  it('ends the session at the refresh that finds it out, without a request', async () => {
    const relyingParty = await loseKey()
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      name: 'SessionError',
      code: 'dpop_key_lost',
      sessionSurvives: false,
    })
    expect(relyingParty.session.status).toBe('expired')
    expect(await server.vault.get(vaultKey)).toBeUndefined()
    expect(sentTo(`${issuer}/token`)).toHaveLength(1)
    await expect(server.logIn(relyingParty)).resolves.toBeUndefined()
  })

  it('ends the session at the call that finds it out', async () => {
    const relyingParty = await loseKey()
    await expect(relyingParty.fetch(orders)).rejects.toMatchObject({ code: 'dpop_key_lost' })
    expect(relyingParty.session.status).toBe('expired')
    expect(sentTo(orders)).toEqual([])
    expect(sentTo(`${issuer}/token`)).toHaveLength(1)
  })

  it('is not replaced by the key of a login that was started since', async () => {
    const relyingParty = await loseKey()
    await create().startLogin({ redirectUri })
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'dpop_key_lost' })
    expect(sentTo(`${issuer}/token`)).toHaveLength(1)
  })

  it('is told from a store that fails, which leaves the session alone and the refresh token unsent', async () => {
    await logIn()
    const broken = { ...keys, get: () => Promise.reject(new Error('x')) }
    const relyingParty = create({ senderConstraint: dpop({ keys: broken }) })
    await relyingParty.restore()
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({
      code: 'storage_failed',
      sessionSurvives: true,
    })
    expect(relyingParty.session.status).toBe('authenticated')
    const later = create()
    await later.restore()
    await expect(later.getAccessToken()).resolves.toBe(`${canary}-access-2`)
  })

  it('is another tab’s to replace: its new login is adopted with its key', async () => {
    const first = await logIn()
    await (await logIn()).endSession()
    const second = await logIn()
    await expect(second.fetch(orders)).resolves.toMatchObject({ status: 200 })
    intercept = ({ url, headers }) =>
      url === orders && !headers.get('authorization')?.endsWith('-3')
        ? challenge('DPoP error="invalid_token"')
        : undefined
    await expect(first.fetch(orders)).resolves.toMatchObject({ status: 200 })
    const jkts = new Set((await proofsTo(orders)).map(({ jkt }) => jkt))
    expect(jkts.size).toBe(2)
  })
})

describe('a logout with DPoP', () => {
  it('erases the key last', async () => {
    const order: string[] = []
    const watched = {
      ...keys,
      delete: async (name: string) => void (order.push('key'), await keys.delete(name)),
    }
    const relyingParty = await logIn({ senderConstraint: dpop({ keys: watched }) })
    intercept = ({ url }) => void (url === `${issuer}/revoke` && order.push('revocation'))
    await relyingParty.endSession()
    expect(order).toEqual(['revocation', 'key'])
    expect(await keys.get(keyName)).toBeUndefined()
  })

  it('erases the key where the server cannot be reached', async () => {
    await logIn()
    const relyingParty = create({ runtime: { http: () => Promise.reject(new TypeError('fetch failed')) } })
    await relyingParty.restore()
    await expect(relyingParty.endSession()).resolves.toBeUndefined()
    expect(await keys.get(keyName)).toBeUndefined()
  })
})

describe('the date of a proof', () => {
  const dated = (seconds: number): Record<string, string> => ({
    date: new Date(server.clock.wallTime() + seconds * 1000).toUTCString(),
  })
  const iatOfNextCall = async (relyingParty: RelyingParty): Promise<number> => {
    await relyingParty.fetch(orders)
    return ((await proofsTo(orders)).at(-1)?.iat ?? 0) - server.clock.wallTime() / 1000
  }

  it('follows the iat of a fresh ID token', async () => {
    const now = server.clock.wallTime() / 1000
    server.bend.claims = { iat: now - 200, exp: now + 3_400 }
    await expect(iatOfNextCall(await logIn())).resolves.toBe(-200)
  })

  it('follows the Date of a token response, and a refused proof is made again by it', async () => {
    const relyingParty = await logIn()
    await server.clock.advance(3_600)
    intercept = ({ url }) =>
      url === `${issuer}/token` && sentTo(url).length === 2
        ? json({ error: 'invalid_dpop_proof' }, { status: 400, headers: dated(7_200) })
        : undefined
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
    expect((await proofsTo(`${issuer}/token`)).at(-1)?.iat).toBe(server.clock.wallTime() / 1000 + 7_200)
    await expect(iatOfNextCall(relyingParty)).resolves.toBe(7_200)
  })

  it('is not made again where the clock was right', async () => {
    const relyingParty = await logIn()
    await server.clock.advance(3_600)
    intercept = ({ url }) =>
      url === `${issuer}/token`
        ? json({ error: 'invalid_dpop_proof' }, { status: 400, headers: dated(1) })
        : undefined
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ error: 'invalid_dpop_proof' })
    expect(sentTo(`${issuer}/token`)).toHaveLength(2)
  })

  it.each([['Thu, 01 Jan 1970 00:00:00 GMT'], ['Wed, 01 Jan 2200 00:00:00 GMT'], ['soon'], ['']])(
    'does not follow the Date %j',
    async (date) => {
      const relyingParty = await logIn()
      server.on(`${issuer}/userinfo`, () => json({ sub: 'ada' }, { headers: { date } }))
      await relyingParty.userInfo()
      await expect(iatOfNextCall(relyingParty)).resolves.toBe(0)
    },
  )
})

function nonceIn(headers: Headers): unknown {
  const [, payload = ''] = (headers.get('dpop') ?? '').split('.')
  return (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { nonce?: unknown }).nonce
}

function exportablePair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
}
