import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { authorizationUrl, createServer, createTestBrowser, issuer, publicClient } from '../test-support.ts'
import type { FaultOptions } from './exchange.ts'
import { ask } from './faults.test-support.ts'

const modes = ['query', 'fragment', 'form_post'] as const

async function responseWith(name: FaultName, options: FaultOptions = {}, mode: string = 'query') {
  const server = createServer()
  server.faults.on(name, options)
  const url = await server.signIn({ url: await authorizationUrl({ response_mode: mode }) })
  return mode === 'fragment' ? new URLSearchParams(url.hash.slice(1)) : url.searchParams
}

describe.each(modes)('an authorization response sent by %s', (mode) => {
  test.each([
    ['callback.state_missing', 'state', []],
    ['callback.state_changed', 'state', ['state-of-somebody-else']],
    ['callback.state_twice', 'state', ['st-1', 'state-of-somebody-else']],
    ['callback.code_twice', 'code', [expect.any(String), 'code-of-somebody-else']],
    ['callback.code_empty', 'code', ['']],
    ['callback.code_missing', 'code', []],
    ['callback.code_injected', 'code', ['code-of-another-session']],
    ['callback.access_token_added', 'access_token', ['token-of-somebody-else']],
    ['callback.id_token_added', 'id_token', ['e30.e30.c2lnbmF0dXJl']],
    ['callback.iss_wrong', 'iss', ['https://attacker.example']],
    ['callback.iss_trailing_slash', 'iss', [`${issuer}/`]],
    ['callback.iss_upper_case', 'iss', ['https://AS.EXAMPLE']],
    ['callback.iss_removed', 'iss', []],
    ['callback.encoded_twice', 'iss', [encodeURIComponent(issuer)]],
  ] as const)('%s: %s, and no other parameter', async (name, parameter, expected) => {
    const parameters = await responseWith(name, {}, mode)
    expect(parameters.getAll(parameter)).toEqual(expected)
    const right = { state: 'st-1', iss: name === 'callback.encoded_twice' ? expected[0] : issuer }
    for (const [other, value] of Object.entries(right)) {
      if (other !== parameter) expect(parameters.get(other)).toBe(value)
    }
    if (parameter !== 'code') expect(parameters.get('code')).toMatch(/^[\w-]{43}$/)
  })

  test('callback.error_with_wrong_iss, callback.error_as_html and callback.error_without_state', async () => {
    const wrongIss = await responseWith('callback.error_with_wrong_iss', {}, mode)
    expect(Object.fromEntries(wrongIss)).toMatchObject({
      error: 'access_denied',
      iss: 'https://attacker.example',
      state: 'st-1',
    })
    expect(wrongIss.has('code')).toBe(false)
    const markup = await responseWith('callback.error_as_html', {}, mode)
    expect(markup.get('error_description')).toBe('<img src=x onerror=alert(1)>')
    const stateless = await responseWith('callback.error_without_state', {}, mode)
    expect([stateless.get('error'), stateless.has('state')]).toEqual(['access_denied', false])
  })
})

test('callback.token_in_fragment beside the code in the query', async () => {
  const server = createServer()
  server.faults.on('callback.token_in_fragment')
  const url = await server.signIn({ url: await authorizationUrl() })
  expect(url.searchParams.has('code')).toBe(true)
  expect(new URLSearchParams(url.hash.slice(1)).get('access_token')).toBe('token-of-somebody-else')
})

test('strikes the browser that goes through the pages, and not the pages', async () => {
  const server = createServer()
  server.faults.on('callback.iss_removed')
  const browser = createTestBrowser(server)
  const login = await browser.visit(await authorizationUrl())
  expect(login.text).toContain('password')
  const consent = await browser.submit(login, { username: 'ada', password: 'password' })
  expect(server.faults.list()).toHaveLength(1)
  const { url } = await browser.submit(consent, { decision: 'allow' })
  expect([url.searchParams.has('code'), url.searchParams.has('iss')]).toEqual([true, false])
})

test('strikes one client and leaves the other alone', async () => {
  const other = { ...publicClient, clientId: 'other' }
  const server = createServer({ clients: [publicClient, other] })
  server.faults.on('callback.iss_wrong', { clientId: 'other', value: 'https://b.example' })
  const signIn = async (clientId: string, state: string) =>
    (await server.signIn({ url: await authorizationUrl({ client_id: clientId, state }) })).searchParams
  expect((await signIn('spa', 'st-spa')).get('iss')).toBe(issuer)
  expect((await signIn('other', 'st-other')).get('iss')).toBe('https://b.example')
})

describe('the authorization endpoint', () => {
  test('authorize.login_required sends the error back', async () => {
    const server = createServer()
    server.faults.on('authorize.login_required', { times: 2 })
    const inQuery = await server.signIn({ url: await authorizationUrl({ prompt: 'none' }) })
    expect(Object.fromEntries(inQuery.searchParams)).toEqual({ error: 'login_required', state: 'st-1' })
    const inFragment = await server.signIn({ url: await authorizationUrl({ response_mode: 'fragment' }) })
    expect(inFragment.hash).toBe('#error=login_required&state=st-1')
  })

  test('authorize.page_for_prompt_none strikes prompt=none only', async () => {
    const server = createServer()
    server.faults.on('authorize.page_for_prompt_none')
    expect((await server.signIn({ url: await authorizationUrl() })).searchParams.has('code')).toBe(true)
    const { pathname, search } = await authorizationUrl({ prompt: 'none' })
    const { status, text } = await ask(server, pathname + search)
    expect([status, text.startsWith('<!doctype html>')]).toEqual([200, true])
  })

  test('authorize.server_error_500', async () => {
    const server = createServer()
    server.faults.on('authorize.server_error_500')
    const { pathname, search } = await authorizationUrl()
    expect((await ask(server, pathname + search)).status).toBe(500)
  })
})
