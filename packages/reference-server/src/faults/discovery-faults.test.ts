import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, issuer } from '../test-support.ts'
import { ask, askJson } from './faults.test-support.ts'

const path = '/.well-known/openid-configuration'

describe('the discovery document', () => {
  test.each([
    ['discovery.wrong_issuer', 'issuer', 'https://attacker.example'],
    ['discovery.trailing_slash', 'issuer', `${issuer}/`],
    ['discovery.foreign_token_endpoint', 'token_endpoint', 'https://attacker.example/token'],
    ['discovery.foreign_jwks_uri', 'jwks_uri', 'https://attacker.example/jwks'],
    ['discovery.endpoints_moved', 'token_endpoint', `${issuer}/token-moved`],
    ['discovery.http_endpoints', 'token_endpoint', 'http://as.example.net/token'],
    ['discovery.javascript_endpoint', 'authorization_endpoint', 'javascript:alert(1)'],
    ['discovery.file_endpoint', 'token_endpoint', 'file:///etc/passwd'],
    ['discovery.link_local_endpoint', 'token_endpoint', 'http://169.254.169.254/latest/meta-data'],
    ['discovery.pkce_unannounced', 'code_challenge_methods_supported', undefined],
    ['discovery.pkce_plain_only', 'code_challenge_methods_supported', ['plain']],
    ['discovery.iss_unannounced', 'authorization_response_iss_parameter_supported', undefined],
  ] as const)('%s changes %s, once, and nothing else', async (name, member, expected) => {
    const server = createServer()
    const before = await askJson(server, path)
    server.faults.on(name)
    const struck = await askJson(server, path)
    expect(struck[member]).toEqual(expected)
    const others = (document: object) =>
      Object.entries(document).filter(([key, value]) => key !== member && !String(value).startsWith('http'))
    expect(others(struck)).toEqual(others(before))
    expect(await askJson(server, path)).toEqual(before)
  })

  test('is found under its other address too', async () => {
    const server = createServer()
    server.faults.on('discovery.wrong_issuer', { value: 'https://b.example' })
    const struck = await askJson(server, '/.well-known/oauth-authorization-server')
    expect(struck['issuer']).toBe('https://b.example')
  })

  test('discovery.html_200 is a page', async () => {
    const server = createServer()
    server.faults.on('discovery.html_200')
    const { status, headers, text } = await ask(server, path)
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(text).toContain('<h1>')
  })

  test('discovery.redirected leads elsewhere', async () => {
    const server = createServer()
    server.faults.on('discovery.redirected', { status: 301 })
    const { status, headers } = await ask(server, path, { redirect: 'manual' })
    expect([status, headers.get('location')]).toEqual([301, `https://attacker.example${path}`])
  })

  test('discovery.unavailable', async () => {
    const server = createServer()
    server.faults.on('discovery.unavailable')
    expect((await ask(server, path)).status).toBe(503)
  })

  test('strikes no other request', async () => {
    const server = createServer()
    const name: FaultName = 'discovery.unavailable'
    server.faults.on(name)
    expect((await ask(server, '/jwks')).status).toBe(200)
    expect(server.faults.list()).toEqual([{ name, options: {}, remaining: 1 }])
  })
})
