import { expect, test } from 'vitest'
import { authorizationUrl, createServer, publicClient } from '../test-support.ts'

const visit = async (server: ReturnType<typeof createServer>, url: URL, cookie: string) =>
  server.fetch(new Request(url, { headers: { Cookie: cookie } }))

test('spares the login page, and the consent page where that is asked for', async () => {
  const server = createServer()
  const first = server.sessionCookie({ username: 'ada' })
  const asked = await visit(server, await authorizationUrl(), `${first.name}=${first.value}`)
  expect(asked.headers.get('location')).toContain('/consent?')
  const second = server.sessionCookie({ consentTo: publicClient.clientId })
  const answer = await visit(server, await authorizationUrl(), `${second.name}=${second.value}`)
  expect(new URL(answer.headers.get('location') ?? '').searchParams.has('code')).toBe(true)
  expect(server.ledger.countEvents('login')).toBe(2)
})

test('has what a browser needs to know', () => {
  const secure = createServer().sessionCookie()
  const shared = { httpOnly: true, sameSite: 'Lax' }
  expect(secure).toMatchObject({ ...shared, name: '__Host-login-session', secure: true })
  expect(secure.url).toBe('https://as.example/')
  const plain = createServer({ issuer: 'http://127.0.0.1:9000/tenant' }).sessionCookie()
  expect(plain).toMatchObject({ ...shared, name: 'login-session-9000', secure: false })
  expect(plain.url).toBe('http://127.0.0.1:9000/')
})

test('reaches the authentication context class that is asked for', async () => {
  const server = createServer()
  const { name, value } = server.sessionCookie({ consentTo: 'spa', acr: 'urn:example:strong' })
  const url = await authorizationUrl({ acr_values: 'urn:example:strong' })
  const answer = await visit(server, url, `${name}=${value}`)
  expect(answer.headers.get('location')).toContain('code=')
})

test('is refused for users and clients that do not exist', () => {
  const server = createServer()
  expect(() => server.sessionCookie({ username: 'nobody' })).toThrow('nobody')
  expect(() => server.sessionCookie({ consentTo: 'stranger' })).toThrow('stranger')
})
