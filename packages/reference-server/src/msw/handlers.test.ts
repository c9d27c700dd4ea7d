import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createReferenceServer } from '../create-reference-server.ts'
import { authorizationUrl, codeVerifier, redirectUri } from '../test-support.ts'
import { handlers } from './handlers.ts'

const clients = [{ clientId: 'spa', redirectUris: [redirectUri] }]
const server = createReferenceServer({ issuer: 'https://as.example', clients })
const tenant = createReferenceServer({ issuer: 'https://tenants.example/a', clients })
const network = setupServer(...handlers(server), ...handlers(tenant))

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }))
afterEach(() => server.faults.off())
afterAll(() => network.close())

async function exchange(issuer: string, signIn: typeof server.signIn): Promise<Response> {
  const response = await signIn({ url: await authorizationUrl({}, issuer) })
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: response.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  })
  return fetch(`${issuer}/token`, { method: 'POST', body })
}

describe('in Node', () => {
  test('fetch reaches the server, and no other address', async () => {
    const answer = await fetch('https://as.example/.well-known/openid-configuration')
    expect(await answer.json()).toMatchObject({ issuer: 'https://as.example' })
    expect(server.ledger.count({ endpoint: 'discovery' })).toBe(1)
    await expect(fetch('https://elsewhere.example/')).rejects.toThrow()
  })

  test('a login and its token request', async () => {
    const answer = await exchange(server.issuer, server.signIn)
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'openid profile' })
    server.assert.tokenRequests({ count: 1, clientId: 'spa' })
  })

  test('an issuer with a path, under both addresses of its metadata', async () => {
    for (const path of ['/a/.well-known/openid-configuration', '/.well-known/oauth-authorization-server/a']) {
      const answer = await fetch(`https://tenants.example${path}`)
      expect(await answer.json()).toMatchObject({ issuer: tenant.issuer })
    }
    expect((await exchange(tenant.issuer, tenant.signIn)).status).toBe(200)
  })

  test('a redirect is not followed when it is not to be', async () => {
    const url = await authorizationUrl()
    const answer = await fetch(url, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')?.startsWith('https://as.example/login?')]).toEqual([
      303,
      true,
    ])
  })

  test('faults: a closed connection, a page, half a body', async () => {
    server.faults.on('network.closed_without_answer')
    await expect(fetch('https://as.example/jwks')).rejects.toThrow(TypeError)
    server.faults.on('jwks.html_200')
    expect(await (await fetch('https://as.example/jwks')).text()).toContain('<h1>')
    server.faults.on('body.reset_midway')
    // Here the body just ends early: msw hands on no error of a stream.
    expect(await (await fetch('https://as.example/jwks')).text()).toMatch(/^\{"keys":[^}]*$/)
    server.faults.on('body.gzip_bomb', { bytes: 1_000_000 })
    expect((await (await fetch('https://as.example/jwks')).text()).length).toBe(1_000_000)
  })

  test('a fault in the server that is none of ours is not taken for the network', async () => {
    const broken = {
      issuer: 'https://broken.example',
      fetch: () => Promise.reject(new Error('wires crossed')),
    }
    network.use(...handlers(broken))
    expect((await fetch('https://broken.example/jwks')).status).toBe(500)
  })
})
