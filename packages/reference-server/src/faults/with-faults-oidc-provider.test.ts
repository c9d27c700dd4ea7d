import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify } from 'jose'
import OidcProvider from 'oidc-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { challengeOf, codeVerifier } from '../test-support.ts'
import { partsOf } from './faults.test-support.ts'
import { withFaults, type WithFaults } from './with-faults.ts'

const redirectUri = 'https://app.example/callback'
const client = {
  client_id: 'spa',
  token_endpoint_auth_method: 'none',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  id_token_signed_response_alg: 'ES256',
} as const

let port: Server
let issuer: string
let server: WithFaults

beforeAll(async () => {
  port = createServer()
  await new Promise<void>((resolve) => port.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(port.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const provider = new OidcProvider(issuer, {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'provider-1', alg: 'ES256', use: 'sig' }] },
    clients: [client],
    features: { devInteractions: { enabled: true } },
    findAccount: (_context, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
    issueRefreshToken: async () => true,
    rotateRefreshToken: () => true,
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 600, IdToken: 600, RefreshToken: 600, Session: 600, Grant: 600, Interaction: 600 },
  })
  port.on('request', provider.callback())
})

afterAll(() => void port.close())

beforeEach(() => {
  server = withFaults((request) => fetch(request, { redirect: 'manual' }))
})

/** A browser that clicks through the provider's pages and stops where it is led to the client. */
async function logIn(state: string = 'st-1'): Promise<URL> {
  const cookies = new Map<string, string>()
  const send = async (url: URL, body?: URLSearchParams): Promise<URL> => {
    if (url.href.startsWith(redirectUri)) return url
    const headers = { Cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }
    const request = new Request(url, body ? { method: 'POST', body, headers } : { headers })
    const answer = await server.fetch(request)
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      cookies.set(name, value)
    }
    const location = answer.headers.get('location')
    if (location !== null) return send(new URL(location, url))
    const page = await answer.text()
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? 'no form'
    return send(url, new URLSearchParams({ prompt, login: 'ada', password: 'password' }))
  }
  const url = new URL(`${issuer}/auth`)
  url.search = new URLSearchParams({
    client_id: 'spa',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state,
    nonce: 'no-1',
    code_challenge: await challengeOf(codeVerifier),
    code_challenge_method: 'S256',
  }).toString()
  return send(url)
}

async function post(form: Readonly<Record<string, string>>) {
  const body = new URLSearchParams({ client_id: 'spa', ...form })
  const answer = await server.fetch(new Request(`${issuer}/token`, { method: 'POST', body }))
  const text = await answer.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {}
  return { status: answer.status, text, body: json }
}

async function exchange() {
  const code = (await logIn()).searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return post({ ...form, code_verifier: codeVerifier })
}

const refresh = (token: string | undefined) =>
  post({ grant_type: 'refresh_token', refresh_token: token ?? '' })

async function keySet(): Promise<JSONWebKeySet> {
  return (await (await server.fetch(new Request(`${issuer}/jwks`))).json()) as JSONWebKeySet
}

describe('in front of oidc-provider, a layer without faults', () => {
  test('leaves everything as it is, save for a key more', async () => {
    const { body } = await exchange()
    const { keys } = await keySet()
    expect(keys.map(({ kid, alg }) => [kid === 'provider-1', alg])).toEqual([
      [true, 'ES256'],
      [false, 'ES256'],
    ])
    const { payload } = await jwtVerify(body['id_token'] ?? '', createLocalJWKSet({ keys }), { issuer })
    expect(payload).toMatchObject({ sub: 'ada', nonce: 'no-1' })
  })
})

describe('in front of oidc-provider, faults', () => {
  test.each([
    ['id_token.wrong_nonce', 'nonce', 'nonce-of-somebody-else'],
    ['id_token.wrong_issuer', 'iss', 'https://attacker.example'],
    ['id_token.wrong_audience', 'aud', 'another-client'],
    ['id_token.missing_exp', 'exp', undefined],
  ] as const)('%s: signed with a key that the set held from the start', async (name, claim, expected) => {
    const keys = await keySet()
    server.faults.on(name)
    const { id_token: idToken = '' } = (await exchange()).body
    expect(partsOf(idToken).claims[claim]).toBe(expected)
    const check = jwtVerify(idToken, createLocalJWKSet(keys), { requiredClaims: ['sub'] })
    await expect(check).resolves.toMatchObject({ payload: { sub: 'ada' } })
  })

  test('the own key of the server signs where it is given', async () => {
    const { privateKey } = await generateKeyPair('ES256')
    const signer = { alg: 'ES256', kid: 'given', privateKey }
    server = withFaults((request) => fetch(request, { redirect: 'manual' }), { signer })
    server.faults.on('id_token.wrong_nonce')
    const { id_token: idToken = '' } = (await exchange()).body
    expect(partsOf(idToken).header['kid']).toBe('given')
    expect((await keySet()).keys.map(({ kid }) => kid)).toEqual(['provider-1'])
  })

  test('id_token.broken_signature, id_token.alg_none and jwks.rotated_just_now', async () => {
    const verify = async (idToken = '') => jwtVerify(idToken, createLocalJWKSet(await keySet()))
    server.faults.on('id_token.broken_signature')
    await expect(verify((await exchange()).body['id_token'])).rejects.toThrow('signature')
    server.faults.on('id_token.alg_none')
    expect(partsOf((await exchange()).body['id_token']).header['alg']).toBe('none')
    const before = await keySet()
    server.faults.on('jwks.rotated_just_now')
    const { id_token: idToken = '' } = (await exchange()).body
    await expect(jwtVerify(idToken, createLocalJWKSet(before))).rejects.toThrow('no applicable key')
    await expect(verify(idToken)).resolves.toBeDefined()
  })

  test('callback.iss_removed and callback.state_changed strike the last redirect', async () => {
    server.faults.on('callback.iss_removed', { clientId: 'spa' })
    const withoutIss = await logIn()
    expect([withoutIss.searchParams.has('code'), withoutIss.searchParams.has('iss')]).toEqual([true, false])
    server.faults.on('callback.state_changed', { clientId: 'another' })
    expect((await logIn()).searchParams.get('state')).toBe('st-1')
    server.faults.on('callback.state_changed')
    expect((await logIn()).searchParams.get('state')).toBe('state-of-somebody-else')
  })

  test('refresh.reuse_revokes_family: the provider revokes it', async () => {
    const tokens = (await exchange()).body
    server.faults.on('refresh.reuse_revokes_family')
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant')
    expect((await refresh(tokens['refresh_token'])).body['error']).toBe('invalid_grant')
  })

  test('token.answer_lost_after_commit: the provider has spent the code', async () => {
    server.faults.on('token.answer_lost_after_commit')
    const code = (await logIn()).searchParams.get('code') ?? ''
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: codeVerifier,
    }
    await expect(post(form)).rejects.toThrow('fetch failed')
    expect((await post(form)).body['error']).toBe('invalid_grant')
  })

  test.each([
    ['token.html_200', 200, '<!doctype html>'],
    ['token.empty_400', 400, ''],
    ['http.rate_limited', 429, 'too many requests'],
  ] as const)('%s', async (name: FaultName, status, text) => {
    server.faults.on(name, { clientId: 'spa' })
    const answer = await refresh('unknown')
    expect([answer.status, answer.text.includes(text)]).toEqual([status, true])
  })

  test('discovery.wrong_issuer and jwks.duplicate_kid', async () => {
    server.faults.on('discovery.wrong_issuer')
    const document = await server.fetch(new Request(`${issuer}/.well-known/openid-configuration`))
    expect(await document.json()).toMatchObject({
      issuer: 'https://attacker.example',
      jwks_uri: `${issuer}/jwks`,
    })
    server.faults.on('jwks.duplicate_kid')
    expect((await keySet()).keys.filter(({ kid }) => kid === 'provider-1')).toHaveLength(2)
  })
})
