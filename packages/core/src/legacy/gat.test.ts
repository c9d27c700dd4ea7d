import { ClientSecretBasic } from 'oauth4webapi'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { TokenClient } from '../protocol/token-client.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import { scriptedTokenClient } from '../testing/token-client.test-support.ts'
import { createGatFetch, type GatFetchOptions } from './gat-fetch.ts'
import { type GatRequest, requestGat } from './gat.ts'
import { unsafeAllowGat } from './opt-in.ts'

const configuration = `${issuer}/.well-known/uma-configuration`
const endpoint = `${issuer}/gat`
const api = 'https://api.example'

let server: ScriptedServer
let tokenClient: TokenClient

beforeEach(async () => {
  server = await createScriptedServer()
  tokenClient = scriptedTokenClient(server, { clientAuthentication: ClientSecretBasic('secret') })
  server.on(configuration, () => json({ issuer, gat_endpoint: endpoint }))
  server.on(endpoint, () => json({ rpt: `${canary}-rpt` }, { headers: { GAT: 'true' } }))
})

afterEach(() => vi.unstubAllGlobals())

const request: GatRequest = {
  allowGat: unsafeAllowGat,
  accessToken: `${canary}-access`,
  scopes: ['view', 'manage'],
}

describe('a GAT', () => {
  it('is asked for at the endpoint that the UMA configuration names', async () => {
    await expect(requestGat(tokenClient, request)).resolves.toBe(`${canary}-rpt`)
    const { method, headers, body } = server.requests.at(-1) ?? {}
    expect({ method, body: JSON.parse(body ?? '') }).toEqual({
      method: 'POST',
      body: { scopes: ['view', 'manage'] },
    })
    expect(Object.fromEntries(headers ?? [])).toMatchObject({
      authorization: `Bearer ${canary}-access`,
      gat: 'true',
      'content-type': 'application/json',
    })
  })

  it.each([
    ['no configuration', () => new Response('', { status: 404 }), 'metadata_malformed'],
    ['a configuration that is a page', () => new Response('<p>'), 'metadata_malformed'],
    ['no endpoint', () => json({ issuer }), 'not_supported_by_server'],
    ['an endpoint that is not safe', () => json({ gat_endpoint: 'http://id.example' }), 'metadata_malformed'],
    [
      'another issuer',
      () => json({ issuer: 'https://evil.example', gat_endpoint: endpoint }),
      'metadata_issuer_mismatch',
    ],
  ])('is not to be had with %s', async (_, answer, code) => {
    server.on(configuration, answer)
    await expect(requestGat(tokenClient, request)).rejects.toMatchObject({ code })
    expect(server.requests.every(({ url }) => url !== endpoint)).toBe(true)
  })

  it.each([
    ['a token of plain UMA', () => json({ rpt: 'r' }), 'token_response_malformed'],
    ['no token', () => json({}, { headers: { gat: 'true' } }), 'token_response_malformed'],
    [
      'a token that is no text',
      () => json({ rpt: 7 }, { headers: { gat: 'true' } }),
      'token_response_malformed',
    ],
    ['a refusal', () => json({ error: 'invalid_scope' }, { status: 403 }), 'request_refused'],
    ['a refusal without words', () => new Response('', { status: 401 }), 'request_refused'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: api } }), 'redirected'],
  ])('that is answered with %s is refused', async (_, answer, code) => {
    server.on(endpoint, answer)
    const error: unknown = await requestGat(tokenClient, request).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(canary)
  })

  it('is not asked for without its symbol, nor from a page with a secret', async () => {
    const without = { ...request, allowGat: undefined } as unknown as GatRequest
    await expect(requestGat(tokenClient, without)).rejects.toMatchObject({ code: 'legacy_not_allowed' })
    vi.stubGlobal('document', {})
    await expect(requestGat(tokenClient, request)).rejects.toMatchObject({ code: 'secret_in_browser' })
    expect(server.requests.every(({ url }) => url !== endpoint)).toBe(true)
  })
})

describe('a fetch with a GAT', () => {
  const options: GatFetchOptions = { allowGat: unsafeAllowGat, gat: `${canary}-rpt`, apis: [api] }

  it('sends both headers, and what it is given', async () => {
    server.on(`${api}/photos`, ({ headers, body }) => json({ body, sent: Object.fromEntries(headers) }))
    const call = createGatFetch(tokenClient, options)
    const init = { method: 'POST', body: 'x', headers: { 'x-own': '1', gat: 'false' } }
    const response = await call(`${api}/photos?page=1`, init)
    await expect(response.json()).resolves.toMatchObject({
      body: 'x',
      sent: { authorization: `Bearer ${canary}-rpt`, gat: 'true', 'x-own': '1' },
    })
  })

  it('gives the refusals of the API as they are', async () => {
    server.on(`${api}/photos`, () => json({}, { status: 403 }))
    const response = await createGatFetch(tokenClient, options)(new URL(`${api}/photos`))
    expect(response.status).toBe(403)
  })

  it.each(['https://evil.example/photos', 'http://api.example/photos', 'https://api.example:444/photos'])(
    'sends no token to %s',
    async (url) => {
      const call = createGatFetch(tokenClient, options)
      await expect(call(url)).rejects.toMatchObject({ code: 'api_not_declared' })
      expect(server.requests).toHaveLength(0)
    },
  )

  it('follows no redirect and tells of a lost connection', async () => {
    server.on(`${api}/moved`, () => new Response(null, { status: 307, headers: { location: '/x' } }))
    const call = createGatFetch(tokenClient, options)
    await expect(call(`${api}/moved`)).rejects.toMatchObject({ code: 'redirected' })
    await expect(call(`${api}/lost`)).rejects.toMatchObject({ code: 'network_failed' })
  })

  it.each([
    [{ allowGat: true }, 'legacy_not_allowed'],
    [{ apis: ['http://api.example'] }, 'insecure_url'],
    [{ apis: ['api'] }, 'invalid_configuration'],
  ])('is not made with %j', (given, code) => {
    const make = (): unknown =>
      createGatFetch(tokenClient, { ...options, ...given } as unknown as GatFetchOptions)
    expect(make).toThrow(expect.objectContaining({ code }))
  })
})
