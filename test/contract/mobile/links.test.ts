import type { ConciergeError, FinishedLogin } from '@oauth-concierge/mobile'
import { beforeEach, describe, expect, it } from 'vitest'
import { clientId, createWorld, endOf, lastVisit, nextTurn, redirectUri, until, type World } from './app.ts'

let world: World

beforeEach(() => {
  world = createWorld()
})

const tokenRequests = (): number => world.requests.filter((request) => request === 'POST /token').length

describe('a login in an app', () => {
  it('goes out by the external user agent and comes back by a link, with one token request', async () => {
    const auth = world.open(world.phone.startApp())
    await expect(auth.start()).resolves.toEqual({})
    expect(auth.session).toEqual({ status: 'anonymous' })
    const login = auth.login({ returnTo: '/orders' })
    await world.phone.openLink(await world.signIn())
    await login
    expect(auth.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    expect(world.phone.dismissals).toBe(1)
    expect(tokenRequests()).toBe(1)
    world.server.assert.noErrors()
  })

  it('ends by the address that a session for logins hands over, even if the link comes as well', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    const link = await world.signIn()
    ;(await lastVisit(world.phone)).end({ type: 'answered', link })
    await world.phone.openLink(link)
    await login
    expect(auth.session.status).toBe('authenticated')
    expect(tokenRequests()).toBe(1)
    world.server.assert.noCodeReplayed()
  })

  it('costs 3 reads and 2 writes of the storage, 1 token request and 1 look at the keys after the link came', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    const link = await world.signIn()
    const before = { operations: world.phone.operations.length, requests: world.requests.length }
    await world.phone.openLink(link)
    await login
    expect(auth.session.status).toBe('authenticated')
    const kinds = world.phone.operations.slice(before.operations).map((operation) => operation.split(' ')[0])
    expect(kinds.filter((kind) => kind === 'read')).toHaveLength(3)
    expect(kinds.filter((kind) => kind === 'write')).toHaveLength(2)
    expect(kinds).toHaveLength(5)
    expect(world.requests.slice(before.requests).toSorted()).toEqual(['GET /jwks', 'POST /token'])
  })

  it('that the user declines is told so, and the browser is closed', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = endOf(auth.login())
    const state = new URL((await lastVisit(world.phone)).url).searchParams.get('state')
    await world.phone.openLink(
      `${redirectUri}?error=access_denied&state=${state}&iss=${encodeURIComponent(world.server.issuer)}`,
    )
    await expect(login).resolves.toBe('access_denied')
    expect(world.phone.dismissals).toBe(1)
  })

  it('is told that there is no browser', async () => {
    const auth = world.open(world.phone.startApp())
    const login = auth.login()
    ;(await lastVisit(world.phone)).fail(new Error('No activity found to handle canary'))
    await expect(login).rejects.toMatchObject({
      code: 'user_agent_failed',
      message: expect.not.stringContaining('canary'),
    })
  })

  it('takes the browser over from one that waits', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const first = endOf(auth.login())
    await lastVisit(world.phone)
    const second = auth.login()
    await lastVisit(world.phone, 2)
    await expect(first).resolves.toBe('login_dismissed')
    await world.phone.openLink(await world.signIn())
    await second
    expect(auth.session.status).toBe('authenticated')
  })

  it('can be ephemeral', async () => {
    const auth = world.open(world.phone.startApp(), { ephemeral: true })
    const login = auth.login()
    expect(await lastVisit(world.phone)).toMatchObject({ ephemeral: true, redirectUri })
    await world.phone.openLink(await world.signIn())
    await login
    await auth.logout()
    expect(world.phone.visits).toHaveLength(1)
  })
})

describe('M01 a code that another app has got', () => {
  it('is of no use without the verifier', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    const { searchParams } = new URL((await lastVisit(world.phone)).url)
    expect(searchParams.get('code_challenge_method')).toBe('S256')
    expect(searchParams.get('code_challenge')).toHaveLength(43)
    const code = new URL(await world.signIn()).searchParams.get('code') ?? ''
    const theft = await world.server.fetch(
      new Request(`${world.server.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          redirect_uri: redirectUri,
          code,
        }),
      }),
    )
    expect(theft.status).toBe(400)
    await expect(theft.json()).resolves.toHaveProperty('error')
    void login.catch(() => undefined)
  })
})

describe('M02 a link with a state of its own making', () => {
  const junk = [
    `${redirectUri}?code=evil&state=x`,
    `${redirectUri}?code=evil`,
    `${redirectUri}?error=access_denied&state=x`,
    `${redirectUri}?code=evil&state=x&state=y`,
    `${redirectUri}?code=a&code=b&state=x`,
    `${redirectUri}#access_token=evil&state=x`,
    `${redirectUri}?response=evil`,
    'com.example.app:/orders/7',
    'com.example.app:/callback/deeper?code=evil&state=x',
    'nonsense',
  ]

  it.each(junk)('%s is ignored, and the login under way survives', async (link) => {
    const ignored: ConciergeError[] = []
    const late: unknown[] = []
    const auth = world.open(world.phone.startApp(), {
      onIgnoredLink: (why) => void ignored.push(why),
      onLateLogin: (login) => void late.push(login),
    })
    await auth.start()
    const login = auth.login()
    const answer = await world.signIn()
    await world.phone.openLink(link)
    expect(world.phone.dismissals).toBe(0)
    expect(tokenRequests()).toBe(0)
    await world.phone.openLink(answer)
    await login
    expect(auth.session.status).toBe('authenticated')
    expect(late).toEqual([])
    expect(JSON.stringify(ignored)).not.toContain('evil')
  })

  it('does not disturb a session in force', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    await world.phone.openLink(await world.signIn())
    await login
    const { session } = auth
    for (const link of junk) await world.phone.openLink(link)
    expect(auth.session).toBe(session)
    expect(tokenRequests()).toBe(1)
  })

  it('says to the developer why it was ignored', async () => {
    const ignored: ConciergeError[] = []
    const auth = world.open(world.phone.startApp(), { onIgnoredLink: (why) => void ignored.push(why) })
    await auth.start()
    await world.phone.openLink(`${redirectUri}?code=evil&state=x`)
    expect(ignored.map(({ code }) => code)).toEqual(['callback_state_unknown'])
  })

  it('that the browser session hands over does not end the login either', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    const answer = await world.signIn()
    ;(await lastVisit(world.phone)).end({ type: 'answered', link: `${redirectUri}?code=evil&state=x` })
    await nextTurn()
    await world.phone.openLink(answer)
    await login
    expect(auth.session.status).toBe('authenticated')
  })

  it('after which the user gives up is a dismissal', async () => {
    const ignored: ConciergeError[] = []
    const auth = world.open(world.phone.startApp(), { onIgnoredLink: (why) => void ignored.push(why) })
    await auth.start()
    const login = endOf(auth.login())
    ;(await lastVisit(world.phone)).end({ type: 'answered', link: `${redirectUri}?code=evil&state=x` })
    await until(() => ignored.length === 1)
    await world.phone.resume()
    await expect(login).resolves.toBe('login_dismissed')
  })
})

describe('M03 an app that is ended while the user is in the browser', () => {
  it('finishes the login when the link starts it again', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    void before.login({ returnTo: '/orders', appState: { from: 'menu' } }).catch(() => undefined)
    const link = await world.signIn()
    const after = world.open(world.phone.startApp(link))
    await expect(after.start()).resolves.toEqual({ returnTo: '/orders', appState: { from: 'menu' } })
    expect(after.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    expect(tokenRequests()).toBe(1)
  })

  it('is told when the login took too long, and can begin another', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    void before.login().catch(() => undefined)
    const link = await world.signIn()
    world.letPass(901)
    const after = world.open(world.phone.startApp(link))
    await expect(endOf(after.start())).resolves.toBe('callback_expired')
    expect(after.session).toEqual({ status: 'anonymous' })
    const login = after.login()
    await lastVisit(world.phone, 2)
    await world.phone.openLink(await world.signIn())
    await login
    expect(after.session.status).toBe('authenticated')
  })

  it('finds its session again when it is started by hand later on', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    const login = before.login()
    await world.phone.openLink(await world.signIn())
    await login
    const after = world.open(world.phone.startApp())
    await after.start()
    expect(after.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    expect(tokenRequests()).toBe(1)
  })

  it('and started by junk is logged out, without an error', async () => {
    const auth = world.open(world.phone.startApp(`${redirectUri}?code=evil&state=x`))
    await expect(auth.start()).resolves.toEqual({})
    expect(auth.session).toEqual({ status: 'anonymous' })
  })
})

describe('M04 a link that comes more than once, or too early, or too late', () => {
  it('is processed once, however often it comes', async () => {
    const auth = world.open(world.phone.startApp())
    await auth.start()
    const login = auth.login()
    const link = await world.signIn()
    await Promise.all([world.phone.openLink(link), world.phone.openLink(link), world.phone.openLink(link)])
    await login
    await world.phone.openLink(link)
    expect(tokenRequests()).toBe(1)
    expect(auth.session.status).toBe('authenticated')
    world.server.assert.noCodeReplayed()
  })

  it('is processed once when it starts the app and is delivered again', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    void before.login().catch(() => undefined)
    const link = await world.signIn()
    const late: unknown[] = []
    const after = world.open(world.phone.startApp(link), { onLateLogin: (login) => void late.push(login) })
    const started = after.start()
    await world.phone.openLink(link)
    await started
    await world.phone.openLink(link)
    expect(after.session.status).toBe('authenticated')
    expect(tokenRequests()).toBe(1)
    expect(late).toEqual([])
  })

  it('that started an app which the system restarts once more is no error', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    void before.login().catch(() => undefined)
    const link = await world.signIn()
    await world.open(world.phone.startApp(link)).start()
    const again = world.open(world.phone.startApp(link))
    await expect(again.start()).resolves.toEqual({})
    expect(again.session.status).toBe('authenticated')
    expect(tokenRequests()).toBe(1)
    world.server.assert.noCodeReplayed()
  })

  it('is kept while the app is starting', async () => {
    const before = world.open(world.phone.startApp())
    await before.start()
    void before.login({ returnTo: '/orders' }).catch(() => undefined)
    const link = await world.signIn()
    const shell = world.phone.startApp()
    const after = world.open({
      ...shell,
      // The shell hands it over the moment somebody listens, and has no launch link.
      onLink: async (listener) => {
        listener(link)
        return shell.onLink(listener)
      },
    })
    await expect(after.start()).resolves.toEqual({ returnTo: '/orders' })
    expect(after.session.status).toBe('authenticated')
  })

  it('is taken after a dismissal that was none', async () => {
    const late: Promise<FinishedLogin>[] = []
    const auth = world.open(world.phone.startApp(), { onLateLogin: (login) => void late.push(login) })
    await auth.start()
    const login = endOf(auth.login({ returnTo: '/orders' }))
    const link = await world.signIn()
    ;(await lastVisit(world.phone)).end({ type: 'dismissed' })
    await expect(login).resolves.toBe('login_dismissed')
    expect(auth.session).toEqual({ status: 'anonymous' })
    await world.phone.openLink(link)
    await until(() => auth.session.status === 'authenticated')
    await until(() => late.length === 1)
    await expect(late[0]).resolves.toEqual({ returnTo: '/orders' })
  })

  it('that comes a moment after the dismissal ends the login as if there had been none', async () => {
    const auth = world.open(world.phone.startApp(), {
      runtime: {
        clock: {
          wallTime: () => world.server.clock.now() * 1000,
          monotonicTime: () => 0,
          sleep: () => new Promise(() => undefined),
        },
      },
    })
    await auth.start()
    const login = auth.login()
    const link = await world.signIn()
    ;(await lastVisit(world.phone)).end({ type: 'dismissed' })
    await nextTurn()
    await world.phone.openLink(link)
    await expect(login).resolves.toBeUndefined()
  })

  it('tells late what went wrong', async () => {
    const late: Promise<FinishedLogin>[] = []
    const auth = world.open(world.phone.startApp(), { onLateLogin: (login) => void late.push(login) })
    await auth.start()
    const login = endOf(auth.login())
    const link = await world.signIn()
    ;(await lastVisit(world.phone)).end({ type: 'dismissed' })
    await login
    world.server.faults.on('token.invalid_grant')
    await world.phone.openLink(link)
    await until(() => late.length === 1)
    await expect(late[0]).rejects.toMatchObject({ code: 'request_refused' })
    expect(auth.session).toEqual({ status: 'anonymous' })
  })
})

describe('M05 an embedded web view as login browser', () => {
  it('is refused', () => {
    const shell = { ...world.phone.startApp(), agent: 'embedded' as 'external' }
    expect(() => world.open(shell)).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.stringContaining('external user agent'),
      }),
    )
  })
})
