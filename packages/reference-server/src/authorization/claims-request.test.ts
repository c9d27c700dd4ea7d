import { decodeJwt } from 'jose'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, createServer, createTestBrowser, getTokens, post } from '../test-support.ts'

const claimsOf = (request: unknown) => ({ claims: JSON.stringify(request) })

describe('claims asked for one by one', () => {
  test('come where they were asked for, and no others', async () => {
    const server = createServer()
    const request = {
      userinfo: { email: { essential: true }, picture: null },
      id_token: { given_name: null },
    }
    const tokens = await getTokens(server, { scope: 'openid', ...claimsOf(request) })
    const idToken = decodeJwt(tokens['id_token'] ?? '')
    expect(idToken['given_name']).toBe('Ada')
    expect(idToken).not.toHaveProperty('email')
    const headers = { Authorization: `Bearer ${tokens['access_token']}` }
    const { body } = await post(server, '/userinfo', {}, headers)
    expect(body).toEqual({ sub: 'ada', email: 'ada@example.com' })
  })

  test('cannot take the place of what the server says', async () => {
    const users = [{ username: 'ada', password: 'x', claims: { iss: 'https://evil.example', exp: 1 } }]
    const server = createServer({ users })
    const tokens = await getTokens(server, claimsOf({ id_token: { iss: null, exp: null } }))
    expect(decodeJwt(tokens['id_token'] ?? '')).toMatchObject({ iss: server.issuer, exp: 1_800_003_600 })
  })

  test('are shown to the user', async () => {
    const browser = createTestBrowser(createServer())
    const login = await browser.visit(await authorizationUrl(claimsOf({ userinfo: { birthdate: null } })))
    const consent = await browser.submit(login, { username: 'ada', password: 'password' })
    expect(consent.text).toContain('birthdate')
    await browser.submit(consent, { decision: 'allow' })
    const more = claimsOf({ userinfo: { locale: null } })
    const silent = await browser.visit(await authorizationUrl({ prompt: 'none', ...more }))
    expect(silent.url.searchParams.get('error')).toBe('consent_required')
  })

  test.each([
    'no json',
    '[]',
    '{"userinfo":[]}',
    '{"id_token":{"acr":"gold"}}',
    '{"id_token":{"acr":{"essential":true,"values":"gold"}}}',
    '{"id_token":{"sub":{"value":7}}}',
  ])('are refused as %s', async (claims) => {
    const response = await createServer().fetch(new Request(await authorizationUrl({ claims })))
    expect(response.headers.get('location')).toContain('error=invalid_request')
  })
})

describe('a claim that decides', () => {
  async function loggedIn() {
    const server = createServer()
    const browser = createTestBrowser(server)
    const login = await browser.visit(await authorizationUrl())
    const consent = await browser.submit(login, { username: 'ada', password: 'password' })
    await browser.submit(consent, { decision: 'allow' })
    return browser
  }

  test('is an essential acr: the user logs in again until it is reached', async () => {
    const browser = await loggedIn()
    const essential = claimsOf({ id_token: { acr: { essential: true, values: ['gold'] } } })
    const silent = await browser.visit(await authorizationUrl({ prompt: 'none', ...essential }))
    expect(silent.url.searchParams.get('error')).toBe('login_required')
    expect((await browser.visit(await authorizationUrl(essential))).url.pathname).toBe('/login')
    const voluntary = claimsOf({ id_token: { acr: { values: ['gold'] } } })
    const url = await authorizationUrl({ prompt: 'none', ...voluntary })
    expect((await browser.visit(url)).url.searchParams.has('code')).toBe(true)
  })

  test('is a sub with a value: only that user will do', async () => {
    const browser = await loggedIn()
    const sub = (value: string) => claimsOf({ id_token: { sub: { value } } })
    const other = await browser.visit(await authorizationUrl({ prompt: 'none', ...sub('grace') }))
    expect(other.url.searchParams.get('error')).toBe('login_required')
    const same = await browser.visit(await authorizationUrl(sub('ada')))
    expect(same.url.searchParams.has('code')).toBe(true)
  })
})

test('the acr that was reached is in the ID token', async () => {
  const essential = claimsOf({ id_token: { acr: { essential: true, value: 'gold' } } })
  const tokens = await getTokens(createServer(), essential)
  expect(decodeJwt(tokens['id_token'] ?? '')['acr']).toBe('gold')
})
