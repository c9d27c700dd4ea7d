import { describe, expect, test } from 'vitest'
import type { FaultName } from '../faults.ts'
import { createDpopKey } from '../dpop/dpop.test-support.ts'
import { codeForm, createServer, getTokens } from '../test-support.ts'
import { ask, form } from './faults.test-support.ts'

const proof = { DPoP: await (await createDpopKey()).prove('POST', '/token') }

async function tokenRequest(name: FaultName, headers: HeadersInit = proof) {
  const server = createServer({ dpop: { nonces: 'off' } })
  server.faults.on(name)
  const fields = (await codeForm(server)) as Record<string, string>
  return { server, answer: await ask(server, '/token', { ...form(fields), headers }) }
}

async function resource(name: FaultName) {
  const server = createServer()
  const { access_token: token } = await getTokens(server)
  server.faults.on(name)
  return ask(server, '/resource', { headers: { Authorization: `DPoP ${token}`, ...proof } })
}

describe('a request with a DPoP proof', () => {
  test('dpop.nonce_demanded', async () => {
    const { server, answer } = await tokenRequest('dpop.nonce_demanded')
    expect([answer.status, answer.text]).toEqual([400, '{"error":"use_dpop_nonce"}'])
    expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{36}$/)
    expect(server.ledger.tokens.filter(({ kind }) => kind === 'access_token')).toEqual([])
  })

  test('dpop.nonce_demanded_by_resource', async () => {
    const answer = await resource('dpop.nonce_demanded_by_resource')
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'DPoP error="use_dpop_nonce"',
    ])
    expect(answer.headers.has('dpop-nonce')).toBe(true)
  })

  test('dpop.bearer_challenge', async () => {
    const answer = await resource('dpop.bearer_challenge')
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ])
  })

  test('dpop.answered_bearer', async () => {
    const { answer, server } = await tokenRequest('dpop.answered_bearer')
    expect(JSON.parse(answer.text)).toMatchObject({ token_type: 'Bearer' })
    expect(server.ledger.countEvents('fault')).toBe(1)
  })

  test('dpop.nonce_rotated: a new one with each good answer', async () => {
    const server = createServer()
    server.faults.on('dpop.nonce_rotated', { times: 2 })
    const nonces = [await ask(server, '/jwks'), await ask(server, '/jwks'), await ask(server, '/jwks')].map(
      ({ headers }) => headers.get('dpop-nonce'),
    )
    expect(new Set(nonces).size).toBe(3)
    expect(nonces[2]).toBeNull()
  })
})

test.each(['dpop.nonce_demanded', 'dpop.answered_bearer'] as const)(
  '%s leaves others alone',
  async (name) => {
    const { server, answer } = await tokenRequest(name, {})
    expect(answer.status).toBe(200)
    expect(server.faults.list()).toHaveLength(1)
  },
)
