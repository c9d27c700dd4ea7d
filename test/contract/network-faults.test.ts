import type { FaultName, FaultOptions } from '@oauth-concierge/reference-server'
import { createTestServer } from '@oauth-concierge/reference-server/node'
import {
  createMemoryStore,
  createRelyingParty,
  pushedAuthorization,
  type RelyingParty,
} from '@oauth-concierge/core'
import { describe, expect, it } from 'vitest'
import { createStandardVisit, issuer } from './standard-visit.ts'

describe('redirects', () => {
  const endpoints = ['discovery', 'jwks', 'token', 'par', 'userinfo', 'revocation'] as const

  it.each(
    endpoints.flatMap((endpoint) => [301, 302, 303, 307, 308].map((status) => [endpoint, status] as const)),
  )('N07: of the endpoint %s by %d are not followed', async (endpoint, status) => {
    const { relyingParty, server, asked, strike, logIn } = createStandardVisit({
      authorization: [pushedAuthorization()],
    })
    strike('http.redirected', { forGood: true, endpoint, status, value: 'https://evil.example/' })
    await logIn().catch(() => undefined)
    await relyingParty.userInfo().catch(() => undefined)
    await relyingParty.endSession().catch(() => undefined)
    expect(server.ledger.countEvents('fault')).toBeGreaterThan(0)
    expect(asked.filter((url) => !url.startsWith(issuer))).toEqual([])
  })
})

describe('on a connection', () => {
  /** A login over sockets and the global fetch, with a fault at the token endpoint. */
  async function logInOverSockets(
    fault: FaultName,
    options: FaultOptions,
  ): Promise<{ error: unknown; session: RelyingParty['session'] }> {
    await using server = await createTestServer()
    const relyingParty = createRelyingParty({
      issuer: server.issuer,
      clientId: 'spa',
      transactions: createMemoryStore(),
      vault: createMemoryStore(),
    })
    const { url } = await relyingParty.startLogin({ redirectUri: 'http://127.0.0.1/callback' })
    const parameters = (await server.signIn({ url })).searchParams
    server.faults.on(fault, { endpoint: 'token', ...options })
    const error: unknown = await relyingParty.finishLogin(parameters).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    return { error, session: relyingParty.session }
  }

  it.each([
    ['N03', 'network.closed_without_answer', 'network_failed'],
    ['N03', 'body.reset_midway', 'network_failed'],
    ['N03', 'body.length_lie', 'network_failed'],
    ['N06', 'body.gzip_bomb', 'response_too_large'],
    ['N06', 'body.endless_chunks', 'response_too_large'],
    ['N06', 'body.one_gigabyte', 'response_too_large'],
  ] as const)('%s: %s is %s', async (_, fault, code) => {
    const { error, session } = await logInOverSockets(fault, {})
    expect(error).toMatchObject({ name: 'TransportError', code })
    expect(session.status).not.toBe('authenticated')
  })

  it('N06: of a bomb that becomes 200 MB, far less is ever held', async () => {
    await logInOverSockets('body.gzip_bomb', {})
    const before = process.memoryUsage()
    const [error, peak] = await Promise.all([
      logInOverSockets('body.gzip_bomb', {}).then((outcome) => outcome.error),
      watchMemory(),
    ])
    expect(error).toMatchObject({ code: 'response_too_large' })
    expect(peak - before.rss).toBeLessThan(64e6)
  })
})

/** The most memory that the process holds within a quarter of a second. */
async function watchMemory(): Promise<number> {
  let peak = 0
  const end = performance.now() + 250
  while (performance.now() < end) {
    peak = Math.max(peak, process.memoryUsage().rss)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return peak
}
