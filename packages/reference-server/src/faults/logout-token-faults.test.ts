import { SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createServer, getTokens, issuer, publicClient } from '../test-support.ts'
import type { FaultOptions } from './exchange.ts'
import { createFaultKey, type FaultKey } from './fault-keys.ts'
import { isSignedByServer, now, partsOf } from './faults.test-support.ts'
import { withFaults } from './with-faults.ts'

const claims = {
  iss: issuer,
  aud: 'spa',
  sub: 'ada',
  sid: 'sid-1',
  jti: 'jti-1',
  iat: now,
  exp: now + 120,
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
}

function serverOf(key: FaultKey) {
  const target = async () => Response.json({ keys: [key.publicJwk] })
  return withFaults(target, {
    endpoints: { jwks_uri: `${issuer}/jwks` },
    signer: key,
    now: () => now,
  })
}

/** Sends a logout token through the layer, and gives what arrives at the client. */
async function arrived(name: FaultName, options: FaultOptions = {}) {
  const key = await createFaultKey('ES256')
  const server = serverOf(key)
  server.faults.on(name, options)
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', typ: 'logout+jwt', kid: key.kid })
    .sign(key.privateKey)
  const tokens: string[] = []
  const send = server.outgoing(async (request) => {
    tokens.push(new URLSearchParams(await request.text()).get('logout_token') ?? '')
    return new Response(null, { status: 200 })
  })
  const body = new URLSearchParams({ logout_token: token })
  await send(new Request('https://app.example/logged-out', { method: 'POST', body }))
  return { server, tokens, first: tokens[0] ?? '' }
}

describe('a logout token', () => {
  test.each([
    ['logout_token.wrong_issuer', 'iss', 'https://attacker.example'],
    ['logout_token.wrong_audience', 'aud', 'another-client'],
    ['logout_token.wrong_event', 'events', { 'urn:example:event:other': {} }],
    ['logout_token.missing_event', 'events', undefined],
    ['logout_token.with_nonce', 'nonce', 'a-nonce'],
    ['logout_token.typ_id_token', 'events', undefined],
    ['logout_token.lives_for_a_day', 'exp', now + 86_400],
    ['logout_token.other_sid', 'sid', 'sid-of-another-session'],
  ] as const)('%s: %s is wrong, the signature right', async (name, claim, expected) => {
    const { server, first } = await arrived(name)
    expect(partsOf(first).claims[claim]).toEqual(expected)
    expect(await isSignedByServer(server, first)).toBe(true)
    expect(partsOf(first).header['typ']).toBe(name === 'logout_token.typ_id_token' ? 'JWT' : 'logout+jwt')
  })

  test('logout_token.alg_none', async () => {
    const { first } = await arrived('logout_token.alg_none')
    expect([partsOf(first).header['alg'], first.endsWith('.')]).toEqual(['none', true])
  })

  test('logout_token.wrong_alg is signed with a published key', async () => {
    const { server, first } = await arrived('logout_token.wrong_alg')
    expect(partsOf(first).header['alg']).toBe('PS256')
    expect(await isSignedByServer(server, first)).toBe(true)
  })

  test('logout_token.replayed arrives twice', async () => {
    const { tokens } = await arrived('logout_token.replayed')
    expect(tokens).toHaveLength(2)
    expect(tokens[0]).toBe(tokens[1])
  })

  test('of one client only', async () => {
    const { first } = await arrived('logout_token.with_nonce', { clientId: 'other' })
    expect(partsOf(first).claims).toEqual(claims)
    const { first: struck } = await arrived('logout_token.with_nonce', { clientId: 'spa' })
    expect(partsOf(struck).claims['nonce']).toBe('a-nonce')
  })
})

test('the logout tokens of the reference server are struck as well', async () => {
  const received: string[] = []
  const server = createServer({
    clients: [{ ...publicClient, backchannelLogoutUri: 'https://app.example/logout' }],
    async http(request) {
      received.push(new URLSearchParams(await request.text()).get('logout_token') ?? '')
      return new Response(null)
    },
  })
  await getTokens(server)
  server.faults.on('logout_token.with_nonce')
  server.revokeSession({ username: 'ada' })
  await server.settled()
  expect(received.map((token) => partsOf(token).claims['nonce'])).toEqual(['a-nonce'])
  expect(await isSignedByServer(server, received[0])).toBe(true)
  expect(server.ledger.events).toContainEqual(expect.objectContaining({ fault: 'logout_token.with_nonce' }))
})
