import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { faultCatalogue, type FaultName } from '../faults.ts'
import { codeForm, confidentialClient, createServer, getTokens, publicClient } from '../test-support.ts'
import { ask, form } from './faults.test-support.ts'

const tests = globSync('*.test.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.startsWith('switchboard'))
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join()

describe('the catalogue', () => {
  test.each(faultCatalogue)('$name has a test, a case and a description', ({ name, cases, description }) => {
    expect(tests).toContain(name)
    for (const id of cases) expect(id).toMatch(/^[A-Z]\d\d$/)
    expect(description).toMatch(/^.{5,100}\.$/)
  })
})

describe('on', () => {
  test('strikes once unless told otherwise', async () => {
    const server = createServer()
    const statusOf = async () => (await ask(server, '/jwks')).status
    server.faults.on('http.unavailable')
    expect([await statusOf(), await statusOf()]).toEqual([503, 200])
    server.faults.on('http.unavailable', { times: 2 })
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([503, 503, 200])
    server.faults.on('http.unavailable', { forGood: true })
    expect([await statusOf(), await statusOf(), await statusOf()]).toEqual([503, 503, 503])
    server.faults.off('http.unavailable')
    expect(await statusOf()).toBe(200)
  })

  test('strikes only so often when many come at once', async () => {
    const server = createServer()
    server.faults.on('http.unavailable', { times: 3 })
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(server, '/jwks')))
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(3)
  })

  test('strikes one client, by its form or by HTTP Basic', async () => {
    const server = createServer({ clients: [publicClient, confidentialClient] })
    server.faults.on('token.html_200', { clientId: confidentialClient.clientId })
    expect(await getTokens(server)).toHaveProperty('access_token')
    const credentials = ['web:app', 'secret'].map((part) => encodeURIComponent(part)).join(':')
    const headers = { Authorization: `Basic ${btoa(credentials)}` }
    const request = { ...form({ grant_type: 'client_credentials' }), headers }
    expect((await ask(server, '/token', request)).text).toContain('<h1>')
  })

  test('faults that fit the same request strike it together', async () => {
    const server = createServer()
    server.faults.on('id_token.wrong_nonce')
    server.faults.on('token.type_mixed_case')
    server.faults.on('dpop.nonce_rotated', { endpoint: 'token' })
    const answer = await ask(server, '/token', form((await codeForm(server)) as Record<string, string>))
    expect(answer.headers.has('dpop-nonce')).toBe(true)
    expect(answer.text).toContain('bEaReR')
    expect(server.ledger.events.filter(({ type }) => type === 'fault').map(({ fault }) => fault)).toEqual(
      expect.arrayContaining(['id_token.wrong_nonce', 'token.type_mixed_case', 'dpop.nonce_rotated']),
    )
  })

  test.each(['id_token.wrong_nonc', 'nonce', ''])('refuses "%s" with the list, nearest first', (name) => {
    const { faults } = createServer()
    const refused = () => faults.on(name as FaultName)
    expect(refused).toThrow(TypeError)
    for (const known of faults.names) expect(refused).toThrow(known)
    if (name !== '')
      expect(() => faults.on('id_token.wrong_nonc' as FaultName)).toThrow('"id_token.wrong_nonce"?')
  })

  test.each([
    ['http.unavailable', { times: 0 }, 'whole number'],
    ['http.unavailable', { times: 1.5 }, 'whole number'],
    ['http.unavailable', { times: 2, forGood: true }, 'exclude'],
    ['token.html_200', { endpoint: 'jwks' }, 'strikes token requests'],
    ['jwks.no_kid', { clientId: 'spa' }, 'jwks requests name no client'],
    ['http.unavailable', { endpoint: 'discovery', clientId: 'spa' }, 'name no client'],
  ] as const)('refuses %s with %o', (name, options, message) => {
    const { faults } = createServer()
    expect(() => faults.on(name, options)).toThrow(message)
    expect(faults.list()).toEqual([])
  })
})

describe('off', () => {
  test('switches off one, or all', () => {
    const { faults } = createServer()
    for (const name of ['http.unavailable', 'http.html_200', 'token.html_200'] as const) faults.on(name)
    faults.off('http.html_200')
    expect(faults.list().map(({ name }) => name)).toEqual(['http.unavailable', 'token.html_200'])
    faults.off()
    expect(faults.list()).toEqual([])
    expect(() => faults.off('nonsense' as FaultName)).toThrow('there is no fault "nonsense"')
  })
})
