import {
  createInProcessChannels,
  createMemoryStore,
  type OpenChannel,
  type UserAgent,
} from '@oauth-concierge/core'
import {
  createManualClock,
  createScriptedHttp,
  json,
  type ManualClock,
  type ScriptedHttp,
} from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Auth } from './auth.ts'
import { type AuthOptions, createAuth } from './create-auth.ts'
import { pageTransition, settle, showPage } from './fake-page.test-support.ts'
import { withSilentRestore } from './with-silent-restore.ts'

const issuer = 'https://id.example'
const app = 'https://app.example'

let page: ReturnType<typeof showPage>
let clock: ManualClock
let network: ScriptedHttp
let openChannel: OpenChannel

beforeEach(() => {
  page = showPage(`${app}/orders`)
  clock = createManualClock()
  network = createScriptedHttp()
  openChannel = createInProcessChannels()
  let issued = 0
  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }),
  )
  network.on(`${issuer}/token`, () => {
    issued += 1
    const [access, refresh] = [`access-${issued}`, `refresh-${issued}`]
    return json({ access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 3_600 })
  })
})
afterEach(() => vi.unstubAllGlobals())

const tokenRequests = (): number => network.requests.filter(({ url }) => url === `${issuer}/token`).length

const create = (options: Pick<AuthOptions, 'userAgent' | 'logoutBy' | 'tokenStore'> = {}): Auth => {
  const runtime = { clock, http: network.http, openChannel, random: () => 0.5 }
  return createAuth({ issuer, clientId: 'spa', scope: 'orders.read', runtime, ...options })
}

/** Where the user logs in without a doubt and without a page; notes what was asked. */
const createAgent = (over: Partial<UserAgent> = {}, answer: Record<string, string> = { code: 'c-1' }) => {
  const asked: URLSearchParams[] = []
  const agent: UserAgent = {
    authorize: async (url, { state }) => {
      asked.push(new URL(url).searchParams)
      return new URLSearchParams({ ...answer, state })
    },
    endSession: async () => undefined,
    ...over,
  }
  return { agent, asked }
}

/** The page as it comes back from the server, with what the tab remembers. */
const comeBack = (before: typeof page, address: string): void => {
  page = showPage(address)
  for (const area of ['sessionStorage', 'localStorage'] as const) {
    for (let index = 0; index < before[area].length; index += 1) {
      const key = before[area].key(index) ?? ''
      page[area].setItem(key, before[area].getItem(key) ?? '')
    }
  }
}

/** Leaves for the server and comes back with a code. */
const goAndComeBack = async (): Promise<string> => {
  const auth = create()
  void auth.login()
  await vi.waitFor(() => expect(page.visited).toHaveLength(1))
  const state = new URL(page.visited[0] ?? '').searchParams.get('state')
  const address = `${app}/?code=c-1&state=${state}`
  comeBack(page, address)
  return address
}

describe('a login beside the page', () => {
  it('gives the session, and leaves the address to the user', async () => {
    const { agent, asked } = createAgent({ redirectUri: `${app}/relay.html` })
    const auth = create({ userAgent: agent })
    await auth.start()
    const login = auth.login({ returnTo: '/bills', prompt: 'login', acrValues: ['gold'] })
    page.history.replaceState({}, '', '/elsewhere')
    await login
    expect(auth.session.status).toBe('authenticated')
    expect(page.address).toBe(`${app}/elsewhere`)
    expect(Object.fromEntries(asked[0] ?? [])).toMatchObject({
      redirect_uri: `${app}/relay.html`,
      prompt: 'login',
      acr_values: 'gold',
    })
  })

  it('is by the agent of the call rather than that of the page', async () => {
    const [usual, special] = [createAgent(), createAgent()]
    const auth = create({ userAgent: usual.agent })
    await auth.start()
    await auth.login({ userAgent: special.agent })
    expect([usual.asked.length, special.asked.length]).toEqual([0, 1])
  })

  it('opens its agent before anything is waited for, and uses what that gives', async () => {
    const { agent, asked } = createAgent()
    const open = vi.fn(() => agent)
    const login = create().login({ userAgent: { ...createAgent().agent, open } })
    expect(open).toHaveBeenCalledTimes(1)
    await login
    expect(asked).toHaveLength(1)
  })

  it('says what its agent says in the place of the login’s prompt', async () => {
    const { agent, asked } = createAgent({ prompt: 'none' })
    await create().login({ userAgent: agent, prompt: 'login' })
    expect(asked[0]?.get('prompt')).toBe('none')
  })

  it.each([
    ['the server cannot be reached', 'network_failed', {}],
    ['the way back is not one’s own', 'return_to_not_same_origin', { returnTo: '//elsewhere.example' }],
  ])('closes what was opened where %s, and keeps the session', async (_, code, login) => {
    const auth = create()
    await auth.login({ userAgent: createAgent().agent })
    network.on(`${issuer}/token`, () => Promise.reject(new TypeError('fetch failed')))
    const close = vi.fn()
    const { agent } = createAgent({ close })
    await expect(auth.login({ userAgent: { ...agent, open: () => agent }, ...login })).rejects.toMatchObject({
      code,
    })
    expect(close).toHaveBeenCalledTimes(code === 'network_failed' ? 1 : 0)
    expect(auth.session.status).toBe('authenticated')
  })

  it('is not begun where its signal was aborted meanwhile', async () => {
    const { agent, asked } = createAgent()
    const abort = new AbortController()
    const login = create().login({ userAgent: agent, signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(login).rejects.toThrow('enough')
    expect(asked).toEqual([])
  })

  it('does not count for the loop breaker: nothing comes back to a new page', async () => {
    const { agent, asked } = createAgent()
    const auth = create({ userAgent: agent })
    for (const _ of [1, 2, 3, 4, 5]) await auth.login()
    expect(asked).toHaveLength(5)
  })
})

describe('L01: start, twice at once', () => {
  it('finishes the login once and gives both the same', async () => {
    await goAndComeBack()
    const auth = create()
    const [first, second] = await Promise.all([auth.start(), auth.start()])
    expect(first).toEqual({ returnTo: '/orders' })
    expect(second).toBe(first)
    expect(tokenRequests()).toBe(1)
    expect(page.address).toBe(`${app}/orders`)
  })
})

describe('L02: the callback once more', () => {
  it('is no error, costs no request, and leaves a clean address', async () => {
    const address = await goAndComeBack()
    await create().start()
    comeBack(page, address)
    const again = create()
    await expect(again.start()).resolves.toEqual({})
    expect(page.address).toBe(`${app}/`)
    expect(tokenRequests()).toBe(1)
  })
})

describe('L09: a page that logs in again and again', () => {
  it('is stopped with a code, and an attempt a minute later is not', async () => {
    network.on(`${issuer}/token`, () => json({ error: 'invalid_grant' }, { status: 400 }))
    for (const _ of [1, 2, 3]) {
      await goAndComeBack()
      await expect(create().start()).rejects.toMatchObject({ code: 'request_refused' })
    }
    await expect(create().login()).rejects.toMatchObject({ code: 'login_loop' })
    await clock.advance(61)
    await goAndComeBack()
  })
})

describe('an answer whose login is not known in this tab', () => {
  const open = async (tab: 'another' | 'the same', options: object = {}) => {
    const auth = create()
    void auth.login({ returnTo: '/bills' })
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    const before = page
    comeBack(before, `${app}/?code=c-1&state=unknown`)
    if (tab === 'another') page.sessionStorage.clear()
    const runtime = { clock, http: network.http, openChannel }
    return createAuth({ issuer, clientId: 'spa', scope: 'orders.read', runtime, ...options })
  }

  it('leads to one login to where the user was going, without a word', async () => {
    void (await open('another')).start()
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    expect(page.address).toBe(`${app}/bills`)
    expect(new URL(page.visited[0] ?? '').pathname).toBe('/authorize')
  })

  it('leads there by redirect though the page has another agent: there is no click', async () => {
    const { agent, asked } = createAgent()
    void (await open('another', { userAgent: agent })).start()
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    expect(asked).toEqual([])
  })

  it('is explained by a code where it was forged, and the login under way goes on', async () => {
    const auth = await open('the same')
    await expect(auth.start()).rejects.toMatchObject({ code: 'callback_state_unknown' })
    expect(page.visited).toEqual([])
  })

  it.each([
    ['throw', { code: 'callback_state_unknown' }],
    ['ignore', undefined],
  ])('leads to no login with "%s"', async (onOrphanCallback, error) => {
    const auth = await open('another', { onOrphanCallback })
    await (error
      ? expect(auth.start()).rejects.toMatchObject(error)
      : expect(auth.start()).resolves.toEqual({}))
    expect(page.visited).toEqual([])
  })
})

describe('L03: a page back from the back-forward cache', () => {
  const isRestored = async (): Promise<void> => {
    page.dispatchEvent(pageTransition(true))
    await settle()
  }

  it('goes on with its session', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    await isRestored()
    expect(auth.session.status).toBe('authenticated')
    expect(page.reloads).toBe(0)
  })

  it('begins anew where the news of a logout elsewhere passed it by', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    const frozen = openChannel
    // Another tab, which this one does not hear.
    openChannel = createInProcessChannels()
    const other = create({ userAgent: createAgent().agent })
    await other.start()
    await other.login()
    await other.logout()
    openChannel = frozen
    expect(auth.session.status).toBe('authenticated')
    await isRestored()
    expect(page.reloads).toBe(1)
  })

  it('goes on after a logout and another login of its own', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    await auth.logout()
    await auth.login()
    await isRestored()
    expect(auth.session.status).toBe('authenticated')
    expect(page.reloads).toBe(0)
  })
})

describe('a tab with tokens of its own that showed another site for a while', () => {
  const vault = createMemoryStore()
  const tokenStore = { name: 'session', isShared: false, vault: () => vault }
  const { agent } = createAgent()

  /** Logs in and leaves the page. */
  const logInAndLeave = async (): Promise<void> => {
    const auth = create({ tokenStore, userAgent: agent })
    await auth.start()
    await auth.login()
    auth.close()
  }

  it('has its session still', async () => {
    await logInAndLeave()
    comeBack(page, `${app}/orders`)
    const auth = create({ tokenStore })
    await auth.start()
    expect(auth.session.status).toBe('authenticated')
  })

  it('has none after a logout elsewhere, and lets go of its tokens', async () => {
    await logInAndLeave()
    const other = create({ userAgent: agent })
    await other.login()
    await other.logout()
    comeBack(page, `${app}/orders`)
    const auth = create({ tokenStore, userAgent: agent })
    await auth.start()
    expect(auth.session.status).toBe('anonymous')
    await settle()
    expect(await vault.get(`concierge:tokens:spa@${issuer}`)).toBeUndefined()
    await auth.login()
    expect(auth.session.status).toBe('authenticated')
    await settle()
    expect(auth.session.status).toBe('authenticated')
  })
})

describe('C05: a page that slept', () => {
  it('renews once on waking, whatever wakes it, and only then', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    await clock.advance(8 * 3_600)
    expect(tokenRequests()).toBe(1)
    page.document.dispatchEvent(new Event('visibilitychange'))
    page.dispatchEvent(pageTransition(true))
    page.dispatchEvent(new Event('online'))
    await settle()
    expect(tokenRequests()).toBe(2)
    await expect(auth.getAccessToken()).resolves.toBe('access-2')
  })

  it('listens to nothing after close()', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    auth.close()
    await clock.advance(8 * 3_600)
    page.dispatchEvent(new Event('online'))
    await settle()
    expect(tokenRequests()).toBe(1)
  })
})

describe('C03: a clock that is set back by a day', () => {
  it('makes no token fresh for a day: its age counts', async () => {
    const auth = create({ userAgent: createAgent().agent })
    await auth.login()
    clock.setWallTime(clock.wallTime() / 1000 - 86_400)
    await expect(auth.getAccessToken()).resolves.toBe('access-1')
    await clock.advance(3_700)
    await expect(auth.getAccessToken()).resolves.toBe('access-2')
  })
})

describe('C06: a token that lives for ninety days', () => {
  it('leads to no timer that would overflow, and to no refresh', async () => {
    const lifetime = { access_token: 'access-long', token_type: 'Bearer', expires_in: 90 * 86_400 }
    network.on(`${issuer}/token`, () => json({ ...lifetime, refresh_token: 'refresh-long' }))
    const sleep = vi.spyOn(clock, 'sleep')
    const auth = create({ userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    await clock.advance(26 * 86_400)
    page.dispatchEvent(new Event('online'))
    await settle()
    await expect(auth.getAccessToken()).resolves.toBe('access-long')
    expect(sleep.mock.calls.filter(([duration]) => duration >= 2 ** 31)).toEqual([])
    expect(tokenRequests()).toBe(1)
  })
})

describe('a page that looks for its session at the server', () => {
  const statuses = (auth: Auth): string[] => {
    const seen: string[] = [auth.session.status]
    auth.subscribe(() => seen.push(auth.session.status))
    return seen
  }
  const reload = (): void => comeBack(page, `${app}/orders`)
  const refuse = (error: string): UserAgent => createAgent({ prompt: 'none' }, { error }).agent

  it('does not on a first visit', async () => {
    const { agent, asked } = createAgent({ prompt: 'none' })
    const auth = withSilentRestore(create(), agent)
    await auth.start()
    expect(auth.session.status).toBe('anonymous')
    expect(asked).toEqual([])
  })

  it('finds it after a reload, and shows nobody in between', async () => {
    const { agent, asked } = createAgent({ prompt: 'none' })
    const before = withSilentRestore(create({ userAgent: createAgent().agent }), agent)
    await before.start()
    await before.login()
    reload()
    const auth = withSilentRestore(create(), agent)
    const seen = statuses(auth)
    const [first, second] = await Promise.all([auth.start(), auth.start()])
    expect(first).toBe(second)
    expect(seen).toEqual(['restoring', 'authenticated'])
    expect(asked).toHaveLength(1)
    expect(auth.session).toBe(auth.session)
  })

  it.each(['login_required', 'interaction_required'])(
    'shows nobody where the server says %s, and asks once',
    async (error) => {
      const before = withSilentRestore(create({ userAgent: createAgent().agent }), refuse(error))
      await before.start()
      await before.login()
      reload()
      const auth = withSilentRestore(create(), refuse(error))
      const seen = statuses(auth)
      await auth.start()
      expect(seen).toEqual(['restoring', 'anonymous'])
      reload()
      const { agent, asked } = createAgent({ prompt: 'none' })
      await withSilentRestore(create(), agent).start()
      expect(asked).toEqual([])
    },
  )

  it('does not after a logout', async () => {
    const { agent, asked } = createAgent({ prompt: 'none' })
    const before = withSilentRestore(create({ userAgent: createAgent().agent }), agent)
    await before.start()
    await before.login()
    await before.logout()
    reload()
    await withSilentRestore(create(), agent).start()
    expect(asked).toEqual([])
  })

  it('fails where only the developer can help', async () => {
    const { agent } = createAgent({ redirectUri: 'nonsense', prompt: 'none' })
    const before = withSilentRestore(create({ userAgent: createAgent().agent }), agent)
    await before.start()
    await before.login()
    reload()
    const { iframe } = await import('./user-agents/iframe.ts')
    const auth = withSilentRestore(create(), iframe({ redirectUri: '/relay.html' }))
    await expect(auth.start()).rejects.toMatchObject({ code: 'frame_not_possible' })
    expect(auth.session.status).toBe('anonymous')
  })
})

describe('a logout at a server that takes no form', () => {
  it('goes by an address, which holds no ID token', async () => {
    network.on(`${issuer}/.well-known/openid-configuration`, () =>
      json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        end_session_endpoint: `${issuer}/oauth/logout?tenant=7`,
      }),
    )
    const auth = create({ logoutBy: 'get', userAgent: createAgent().agent })
    await auth.start()
    await auth.login()
    void auth.logout()
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    const { origin, pathname, searchParams } = new URL(page.visited[0] ?? '')
    expect(origin + pathname).toBe(`${issuer}/oauth/logout`)
    expect(Object.fromEntries(searchParams)).toEqual({
      tenant: '7',
      client_id: 'spa',
      post_logout_redirect_uri: `${app}/`,
      state: expect.any(String),
    })
  })
})

describe('L12: on a server', () => {
  it('nothing is touched by importing and constructing', () => {
    vi.unstubAllGlobals()
    vi.stubGlobal('window', undefined)
    const auth = withSilentRestore(create(), createAgent().agent)
    expect(auth.session).toEqual({ status: 'restoring' })
  })
})
