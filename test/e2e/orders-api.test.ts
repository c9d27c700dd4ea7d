import { createHash } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect } from 'vitest'
import { openDoor } from '../../examples/spa/server/door.ts'
import { createOrdersApi } from '../../examples/spa/server/orders-api.ts'
import type { Demo } from '../../examples/spa/server/start-demo.ts'
import { test } from './support/test.ts'

interface Tokens {
  readonly access_token: string
  readonly id_token: string
}

/** Logs in without a browser. */
async function requestTokens({ issuer, app, authorizationServer }: Demo, scope: string): Promise<Tokens> {
  const codeVerifier = 'v'.repeat(43)
  const shared = { client_id: 'spa', redirect_uri: `${app.origin}/` }
  const query = new URLSearchParams({
    ...shared,
    response_type: 'code',
    scope,
    code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const { searchParams } = await authorizationServer.signIn({ url: `${issuer.origin}/authorize?${query}` })
  const body = new URLSearchParams({
    ...shared,
    grant_type: 'authorization_code',
    code: searchParams.get('code') ?? '',
    code_verifier: codeVerifier,
  })
  const response = await fetch(`${issuer.origin}/token`, { method: 'POST', body })
  return (await response.json()) as Tokens
}

const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

/** Status and challenge, as a client reads them. */
const readAnswer = ({ status, headers }: Response): readonly [number, string] => [
  status,
  /error="(\w+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? '',
]

/** An issuer that signs whatever it is asked to. */
async function openIssuer() {
  const door = await openDoor({ host: '127.0.0.1', port: 0 })
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }]
  const metadata = { issuer: door.origin, jwks_uri: `${door.origin}/jwks` }
  door.serve(async ({ url }) => Response.json(url.endsWith('/jwks') ? { keys } : metadata))
  const claims = { iss: door.origin, sub: 'ada', aud: 'orders', client_id: 'spa', jti: '1', scope }
  const sign = (changes: object, typ = 'at+jwt'): Promise<string> =>
    new SignJWT({ ...claims, iat: now(), exp: now() + 60, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid: 'one', typ })
      .sign(privateKey)
  return { door, sign }
}

const now = (): number => Math.floor(Date.now() / 1000)

/** Another signature: its first character is changed. */
function tamper(token: string): string {
  const at = token.lastIndexOf('.') + 1
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}

const scope = 'openid orders.read'

describe('the orders API', () => {
  test('takes an access token and names the page’s origin', async ({ demo }) => {
    const { access_token } = await requestTokens(demo, scope)
    const response = await fetch(`${demo.api.origin}/orders?status=open`, bearer(access_token))
    expect(response.status).toBe(200)
    expect(response.headers.get('access-control-allow-origin')).toBe(demo.app.origin)
    expect(response.headers.get('access-control-expose-headers')).toBe('WWW-Authenticate')
    expect(await response.json()).toMatchObject({ orders: [{ status: 'open' }, { status: 'open' }] })
  })

  test('challenges a call without a token, and gives no reason', async ({ demo }) => {
    const response = await fetch(`${demo.api.origin}/orders`)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="orders"')
  })

  test('refuses what is no access token for it', async ({ demo }) => {
    const { access_token, id_token } = await requestTokens(demo, scope)
    const ask = async (token: string): Promise<readonly [number, string]> =>
      readAnswer(await fetch(`${demo.api.origin}/orders`, bearer(token)))
    expect(await ask('nonsense')).toEqual([401, 'invalid_token'])
    expect(await ask(id_token)).toEqual([401, 'invalid_token'])
    expect(await ask(tamper(access_token))).toEqual([401, 'invalid_token'])
    demo.authorizationServer.clock.advance(121)
    expect(await ask(access_token)).toEqual([401, 'invalid_token'])
  })

  test('refuses a token in which one thing is wrong, whoever signed it', async ({ onTestFinished }) => {
    const { door, sign } = await openIssuer()
    onTestFinished(() => door.shut())
    const allowedOrigin = 'http://app.example'
    const api = createOrdersApi({ issuer: door.origin, audience: 'orders', allowedOrigin, now })
    const ask = async (token: string): Promise<number> =>
      (await api(new Request('http://api.example/orders', bearer(token)))).status
    expect(await ask(await sign({}))).toBe(200)
    expect(await ask(await sign({}, 'application/at+jwt'))).toBe(200)
    expect(await ask(await sign({}, 'JWT'))).toBe(401)
    for (const wrong of [
      { iss: 'http://other.example' },
      { aud: 'other' },
      { exp: now() - 1 },
      { exp: undefined },
      { jti: undefined },
      { client_id: undefined },
    ]) {
      expect(await ask(await sign(wrong)), JSON.stringify(wrong)).toBe(401)
    }
  })

  test('refuses a token for another API, and one without the scope', async ({ demo }) => {
    const { access_token } = await requestTokens(demo, scope)
    const otherApi = createOrdersApi({
      issuer: demo.issuer.origin,
      audience: 'http://other.example',
      allowedOrigin: demo.app.origin,
      now: demo.authorizationServer.clock.now,
    })
    const request = new Request('http://other.example/orders', bearer(access_token))
    expect(readAnswer(await otherApi(request))).toEqual([401, 'invalid_token'])

    const weak = await requestTokens(demo, 'openid')
    const response = await fetch(`${demo.api.origin}/orders`, bearer(weak.access_token))
    expect(readAnswer(response)).toEqual([403, 'insufficient_scope'])
  })

  test('blames itself, not the token, when the keys cannot be had', async ({ demo }) => {
    const { access_token } = await requestTokens(demo, scope)
    await demo.issuer.shut()
    expect((await fetch(`${demo.api.origin}/orders`, bearer(access_token))).status).toBe(503)
    await demo.issuer.open()
    expect((await fetch(`${demo.api.origin}/orders`, bearer(access_token))).status).toBe(200)
  })
})

describe('the site of the app', () => {
  test('serves nothing but the built app, under a strict policy', async ({ demo }) => {
    for (const path of ['/%2e%2e/package.json', '/..%2fpackage.json', '/missing.js', '/dist/main.js']) {
      expect((await fetch(`${demo.app.origin}${path}`)).status, path).toBe(404)
    }
    const page = await fetch(`${demo.app.origin}/some/address/of/the/app`)
    expect(page.headers.get('content-type')).toContain('text/html')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`default-src 'self'`)
    expect(policy).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/<script>|<style|style="|{{/)
  })
})
