import { createReferenceServer, type RefreshTokenRotation } from '@oauth-concierge/reference-server'
import { listen } from '@oauth-concierge/reference-server/node'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startRedisServer, whyNoRedis } from '../support/redis-server.ts'
import { type Replica, type ReplicaAnswer, replicaOrigin, startReplica } from './support/replicas.ts'

const client = { clientId: 'bff', clientSecret: 'only-for-tests-0123456789abcdef0123456789abcdef' }
const parallel = 20
const callsPer = 4

/** Holds token requests back before the server has seen them. */
interface Gate {
  close(): void
  /** Lets those that are held go on, or lose their way. */
  open(how: 'go on' | 'be lost'): void
  held(): number
}

/** An authorization server, a Redis, and processes of one BFF. */
async function startAll({
  rotation = 'strict',
  reuseWindow = 0,
}: { rotation?: RefreshTokenRotation; reuseWindow?: number } = {}) {
  const redisServer = await startRedisServer()
  const gate = createGate()
  const replicas: Replica[] = []
  const { served: server, close } = await listen((origin) => {
    const made = createReferenceServer({
      issuer: origin,
      // Whichever process the reverse proxy takes.
      http: async (request) => {
        const answer = await replicas[2]?.post(new URL(request.url).pathname, await request.text())
        return new Response(null, { status: answer?.status ?? 502 })
      },
      clients: [
        {
          ...client,
          redirectUris: [`${replicaOrigin}/auth/callback`],
          backchannelLogoutUri: `${replicaOrigin}/auth/backchannel-logout`,
          skipConsent: true,
          refreshTokenRotation: rotation,
        },
      ],
      lifetimes: { accessToken: 600, refreshToken: 30 * 86_400 },
    })
    return { ...made, fetch: (request: Request) => gate.pass(request, () => made.fetch(request)) }
  })
  const options = { ...client, issuer: server.issuer, redisPath: redisServer.path, reuseWindow }
  replicas.push(...(await Promise.all([1, 2, 3, 4].map(() => startReplica(options)))))
  let ahead = 0
  return {
    server,
    redisServer,
    replicas,
    gate: gate as Gate,
    /** Lets every access token run out. */
    expire: async () => {
      ahead += 700
      server.clock.advance(700)
      await Promise.all(replicas.map((replica) => replica.setAhead(ahead).catch(() => undefined)))
    },
    refreshes: () => server.ledger.requests.filter(({ grantType }) => grantType === 'refresh_token').length,
    end: async () => {
      await Promise.all(replicas.map((replica) => replica.kill()))
      await close()
      await redisServer.close()
    },
  }
}

function createGate(): Gate & { pass(request: Request, go: () => Promise<Response>): Promise<Response> } {
  const waiting: ((how: 'go on' | 'be lost') => void)[] = []
  let isClosed = false
  return {
    close: () => void (isClosed = true),
    open: (how) => {
      isClosed = false
      for (const release of waiting.splice(0)) release(how)
    },
    held: () => waiting.length,
    pass: async (request, go) => {
      if (!isClosed || !request.url.endsWith('/token')) return go()
      const how = await new Promise((resolve) => waiting.push(resolve))
      return how === 'go on' ? go() : new Response(null, { status: 503 })
    },
  }
}

type Everything = Awaited<ReturnType<typeof startAll>>

/** Logs in at one process and comes back at another; gives the cookie of the session. */
async function logIn({ server, replicas }: Everything): Promise<string> {
  const [first, second] = replicas
  const started = await first?.get('/auth/login', '', { navigate: true })
  const { pathname, search } = await server.signIn({ url: started?.location ?? '' })
  const callback = `${pathname}${search}`
  const done = await second?.get(callback, started?.cookies.join('; ') ?? '', { navigate: true })
  const cookie = done?.cookies.find((pair) => pair.startsWith('__Host-concierge='))
  if (!cookie) throw new Error(`No session: ${done?.status} ${done?.text}`)
  return cookie
}

/** Calls the API in parallel, spread over the processes; one that is gone answers nothing. */
function callAll(
  replicas: readonly Replica[],
  cookies: readonly string[],
): Promise<readonly (ReplicaAnswer | undefined)[]> {
  const calls = cookies.flatMap((cookie) =>
    Array.from({ length: parallel }, (_, call) =>
      replicas[call % replicas.length]?.get('/auth/api/resource', cookie),
    ),
  )
  return Promise.all(calls.map((call) => call?.catch(() => undefined)))
}

const statuses = (answers: readonly (ReplicaAnswer | undefined)[]): readonly unknown[] =>
  [...new Set(answers.map((answer) => answer?.status))].sort()

describe.skipIf(whyNoRedis())('a BFF of four processes over one Redis, with a strict server', () => {
  let all: Everything
  afterEach(() => all.end())

  it('B17: refreshes once per rotation, whoever is asked, and logs nobody out', async () => {
    all = await startAll()
    const cookies = await Promise.all(Array.from({ length: callsPer }, () => logIn(all)))
    for (let round = 1; round <= 4; round += 1) {
      await all.expire()
      expect(statuses(await callAll(all.replicas, cookies))).toEqual([200])
      expect(all.refreshes()).toBe(round * cookies.length)
    }
    all.server.assert.noRefreshTokenReused()
    all.server.assert.noFamilyRevoked()
  })

  it('R03: goes on when the process that refreshes is killed before the server saw its request', async () => {
    all = await startAll()
    const cookie = await logIn(all)
    const [dying, ...others] = all.replicas
    await all.expire()
    all.gate.close()
    const lost = dying?.get('/auth/api/resource', cookie).catch(() => undefined)
    await vi.waitFor(() => expect(all.gate.held()).toBe(1))
    const calls = callAll(others, [cookie])
    await dying?.kill()
    all.gate.open('be lost')
    expect(await lost).toBeUndefined()
    expect(statuses(await calls)).toEqual([200])
    expect(all.refreshes()).toBe(1)
    all.server.assert.noRefreshTokenReused()
  })

  it('R06: ends cleanly when it is killed after the server has rotated: one more request, one login, no loop', async () => {
    all = await startAll()
    const [cookie, bystander] = [await logIn(all), await logIn(all)]
    const [dying, ...others] = all.replicas
    await all.expire()
    all.server.faults.on('refresh.answer_held')
    void dying?.get('/auth/api/resource', cookie).catch(() => undefined)
    await vi.waitFor(() => expect(all.refreshes()).toBe(1))
    await dying?.kill()
    expect(statuses(await callAll(others, [cookie]))).toEqual([401])
    expect(all.refreshes()).toBe(2)
    expect(statuses(await callAll(others, [bystander]))).toEqual([200])
    expect(statuses(await callAll(others, [cookie]))).toEqual([401])
    expect(all.refreshes()).toBe(3)
  })

  it('R06: loses nobody when it is killed after a rotation that the server forgives', async () => {
    all = await startAll({ rotation: { grace: 60 }, reuseWindow: 60 })
    const cookie = await logIn(all)
    const [dying, ...others] = all.replicas
    await all.expire()
    all.server.faults.on('refresh.answer_held')
    void dying?.get('/auth/api/resource', cookie).catch(() => undefined)
    await vi.waitFor(() => expect(all.refreshes()).toBe(1))
    await dying?.kill()
    expect(statuses(await callAll(others, [cookie]))).toEqual([200])
    all.server.assert.noFamilyRevoked()
  })

  it('logs nobody out, and refreshes nothing twice, when Redis crashes in the middle of it', async () => {
    all = await startAll()
    const cookies = await Promise.all(Array.from({ length: callsPer }, () => logIn(all)))
    await all.expire()
    all.gate.close()
    const calls = callAll(all.replicas, cookies)
    await vi.waitFor(() => expect(all.gate.held()).toBe(cookies.length))
    await all.redisServer.kill()
    // The new tokens come while there is nowhere to write them down.
    all.gate.open('go on')
    await vi.waitFor(() => expect(all.refreshes()).toBe(cookies.length))
    await all.redisServer.start()
    expect(statuses(await calls)).toEqual([200])
    expect(all.refreshes()).toBe(cookies.length)
    await all.expire()
    expect(statuses(await callAll(all.replicas, cookies))).toEqual([200])
    all.server.assert.noRefreshTokenReused()
    all.server.assert.noFamilyRevoked()
  })

  it('ends a session for all of them when the authorization server tells one of them', async () => {
    all = await startAll()
    const cookie = await logIn(all)
    expect(statuses(await callAll(all.replicas, [cookie]))).toEqual([200])
    const [other] = [await logIn(all)]
    all.server.revokeSession({ username: 'ada' })
    await all.server.settled()
    expect(
      all.server.ledger.events
        .filter(({ type }) => type === 'backchannel_logout')
        .map(({ status }) => status),
    ).toEqual([200, 200])
    expect(statuses(await callAll(all.replicas, [cookie, other]))).toEqual([401])
  })
})
