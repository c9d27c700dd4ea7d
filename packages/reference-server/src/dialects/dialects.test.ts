import { expect, test } from 'vitest'
import { createReferenceServer } from '../create-reference-server.ts'
import type { DialectName } from '../options.ts'
import { createDialectServer, send } from './dialect.test-support.ts'
import { dialectNamed, dialectNames } from './index.ts'

test.each(dialectNames)('%s is found by its name, and a server speaks it', (name) => {
  const server = createReferenceServer({ issuer: 'https://as.example', dialect: name as DialectName })
  expect(server.describe().dialect).toBe(name)
})

test.each(['standart', '', 'toString'])('"%s" is refused with those there are', (name) => {
  expect(() => dialectNamed(name)).toThrow(TypeError)
  expect(() => dialectNamed(name)).toThrow(`"${name}"; there are: `)
  for (const known of dialectNames) expect(() => dialectNamed(name)).toThrow(known)
})

test.each([
  ['authn', '/.well-known/openid-configuration'],
  ['authn', '/.well-known/oauth-authorization-server'],
  ['gluu', '/.well-known/openid-configuration'],
  ['auth0', '/.well-known/oauth-authorization-server'],
  ['passport', '/.well-known/oauth-authorization-server'],
  ['passport', '/token'],
  ['authn', '/end-session'],
] as const)('%s has nothing at %s', async (name, path) => {
  expect((await send(createDialectServer(name), path)).status).toBe(404)
})

test.each(['standard', 'passport', 'gluu', 'auth0'] as const)('%s knows no implicit grant', async (name) => {
  const { authorize, clientId } = { authorize: '/authorize', clientId: 'spa', ...places[name] }
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'token',
    redirect_uri: redirectUri,
  })
  const { status, headers } = await send(createDialectServer(name), `${authorize}?${query}`)
  const location = headers.get('location')
  expect([status, location && new URL(location).searchParams.get('error')]).toEqual(
    name === 'gluu' ? [404, null] : [303, 'unsupported_response_type'],
  )
})

test.each(['standard', 'passport', 'auth0'] as const)('%s knows no password grant', async (name) => {
  const { token, clientId } = { token: '/token', clientId: 'spa', ...places[name] }
  const form = { grant_type: 'password', client_id: clientId, username: 'ada', password: 'password' }
  const body = new URLSearchParams(form)
  const answer = await send(createDialectServer(name), token, { method: 'POST', body })
  expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } })
})

const redirectUri = 'http://127.0.0.1/callback'
const places: Readonly<Record<string, object>> = {
  passport: { authorize: '/oauth/authorize', token: '/oauth/token', clientId: '1' },
  auth0: { token: '/oauth/token' },
}
