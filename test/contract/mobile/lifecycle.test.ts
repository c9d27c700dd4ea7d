import type { MobileAuth } from '@oauth-concierge/mobile'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  api,
  createWorld,
  endOf,
  lastVisit,
  nextTurn,
  postLogoutRedirectUri,
  until,
  type World,
} from './app.ts'

let world: World

beforeEach(() => {
  world = createWorld()
})

const refreshes = (): number => world.server.ledger.count({ endpoint: 'token', grantType: 'refresh_token' })

async function logIn(auth: MobileAuth): Promise<void> {
  const visits = world.phone.visits.length
  const login = auth.login()
  await lastVisit(world.phone, visits + 1)
  await world.phone.openLink(await world.signIn())
  await login
}

async function loggedInApp(options?: Parameters<World['open']>[1]): Promise<MobileAuth> {
  const auth = world.open(world.phone.startApp(), options)
  await auth.start()
  await logIn(auth)
  return auth
}

describe('M07 storage that was wiped on one side only', () => {
  it('by a reinstall: the tokens that the keychain kept are removed, and nobody is logged in', async () => {
    await loggedInApp()
    world.phone.preferences.clear()
    expect(JSON.stringify([...world.phone.keychain])).toContain('refreshToken')
    const requests = world.requests.length
    const auth = world.open(world.phone.startApp())
    await expect(auth.start()).resolves.toEqual({})
    expect(auth.session).toEqual({ status: 'anonymous' })
    expect(JSON.stringify([...world.phone.keychain])).not.toContain('refreshToken')
    expect(world.requests).toHaveLength(requests)
    await logIn(auth)
    expect(auth.session.status).toBe('authenticated')
  })

  it('by the keychain: nobody is logged in, and a login works', async () => {
    await loggedInApp()
    world.phone.keychain.clear()
    const auth = world.open(world.phone.startApp())
    await auth.start()
    expect(auth.session).toEqual({ status: 'anonymous' })
    await logIn(auth)
    const again = world.open(world.phone.startApp())
    await again.start()
    expect(again.session.status).toBe('authenticated')
  })

  it('by a backup of another phone: what that one’s preferences say does not fit', async () => {
    await loggedInApp()
    for (const name of world.phone.preferences.keys()) world.phone.preferences.set(name, 'another phone')
    const auth = world.open(world.phone.startApp())
    await auth.start()
    expect(auth.session).toEqual({ status: 'anonymous' })
    expect(JSON.stringify([...world.phone.keychain])).not.toContain('refreshToken')
  })

  it('throws nothing away while the keychain cannot be read, and finds the session afterwards', async () => {
    await loggedInApp()
    const preferences = [...world.phone.preferences]
    world.phone.preferences.clear()
    world.phone.locked = true
    const auth = world.open(world.phone.startApp())
    await expect(endOf(auth.start())).resolves.toBe('storage_failed')
    expect(auth.session).toEqual({ status: 'restoring' })
    world.phone.locked = false
    for (const [name, text] of preferences) world.phone.preferences.set(name, text)
    await auth.start()
    expect(auth.session.status).toBe('authenticated')
  })

  it('leaves no entry behind that is half of something', async () => {
    await loggedInApp()
    for (const [name, text] of world.phone.keychain)
      world.phone.keychain.set(name, text.slice(0, text.length / 2))
    const auth = world.open(world.phone.startApp())
    await auth.start()
    expect(auth.session).toEqual({ status: 'anonymous' })
    await logIn(auth)
    expect(auth.session.status).toBe('authenticated')
  })
})

describe('an app that comes back to the foreground', () => {
  it('renews an access token that ran out while it slept, once', async () => {
    const auth = await loggedInApp()
    world.letPass(8 * 3600)
    await Promise.all([world.phone.resume(), world.phone.resume()])
    await until(() => refreshes() === 1)
    await expect(auth.getAccessToken()).resolves.toEqual(expect.any(String))
    expect(refreshes()).toBe(1)
    world.server.assert.noRefreshTokenReused()
  })

  it('asks for nothing while the token is fresh', async () => {
    await loggedInApp()
    const requests = world.requests.length
    await world.phone.resume()
    expect(world.requests).toHaveLength(requests)
  })

  it('without a network keeps the session, and renews it when the network is back', async () => {
    const auth = await loggedInApp()
    world.letPass(3_600)
    world.offline = true
    await world.phone.resume()
    await expect(auth.getAccessToken()).rejects.toMatchObject({ sessionSurvives: true })
    expect(auth.session.status).toBe('authenticated')
    world.offline = false
    world.letPass(60)
    await expect(auth.getAccessToken()).resolves.toEqual(expect.any(String))
    expect(auth.session.status).toBe('authenticated')
  })

  it('shows a session that the server has ended as expired', async () => {
    const auth = await loggedInApp()
    world.server.revokeSession({ username: 'ada' })
    world.letPass(3_600)
    await world.phone.resume()
    await until(() => auth.session.status === 'expired')
    expect(JSON.stringify([...world.phone.keychain])).not.toContain('refreshToken')
  })

  it('is heard no more after close()', async () => {
    const auth = await loggedInApp()
    auth.close()
    world.letPass(3_600)
    await world.phone.resume()
    expect(refreshes()).toBe(0)
  })
})

describe('an app and its background task that wake together', () => {
  it('refresh once, and both have the token', async () => {
    const app = await loggedInApp()
    const task = world.open(world.phone.startTask())
    await task.start()
    expect(task.session.status).toBe('authenticated')
    world.letPass(3_600)
    const tokens = await Promise.all([app.getAccessToken(), task.getAccessToken(), app.getAccessToken()])
    expect(new Set(tokens).size).toBe(1)
    expect(refreshes()).toBe(1)
    world.server.assert.noRefreshTokenReused()
    world.server.assert.noFamilyRevoked()
  })

  it('take turns for a hundred rounds without a refresh token sent twice', async () => {
    const app = await loggedInApp()
    const task = world.open(world.phone.startTask())
    await task.start()
    for (let round = 1; round <= 100; round += 1) {
      world.letPass(3_600)
      const [one, other] = await Promise.all([app.getAccessToken(), task.getAccessToken()])
      expect(one).toBe(other)
      expect(refreshes()).toBe(round)
    }
    world.server.assert.noRefreshTokenReused()
  })
})

describe('a logout', () => {
  it('erases, revokes, and visits the server without the ID token in the address', async () => {
    const auth = await loggedInApp()
    const logout = auth.logout()
    const visit = await lastVisit(world.phone, 2)
    const url = new URL(visit.url)
    expect(auth.session).toEqual({ status: 'anonymous' })
    expect(JSON.stringify([...world.phone.keychain])).not.toContain('refreshToken')
    expect(world.requests).toContain('POST /revoke')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'app',
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: expect.any(String),
    })
    await world.phone.openLink(`${postLogoutRedirectUri}?state=junk`)
    expect(world.phone.dismissals).toBe(1)
    await world.phone.openLink(`${postLogoutRedirectUri}?state=${url.searchParams.get('state')}`)
    await logout
    expect(world.phone.dismissals).toBe(2)
  })

  it('is over when the user closes the browser', async () => {
    const auth = await loggedInApp()
    const logout = auth.logout()
    ;(await lastVisit(world.phone, 2)).end({ type: 'dismissed' })
    await expect(logout).resolves.toBeUndefined()
  })

  it('sends the ID token along if that is asked for by its name', async () => {
    const auth = await loggedInApp({ unsafeIdTokenInLogoutUrl: true })
    void auth.logout()
    const { url } = await lastVisit(world.phone, 2)
    expect(new URL(url).searchParams.get('id_token_hint')).toEqual(expect.any(String))
  })
})

describe('the app', () => {
  it('calls declared APIs with the token, and no others', async () => {
    const auth = await loggedInApp({ apis: [api] })
    await expect((await auth.fetch(`${api}/orders`)).text()).resolves.toMatch(/^Bearer of \d{2,} characters$/)
    await expect(endOf(auth.fetch('https://other.example/'))).resolves.toBe('api_not_declared')
  })

  it('asks the server who the user is', async () => {
    const auth = await loggedInApp()
    await expect(auth.userInfo()).resolves.toMatchObject({ sub: 'ada', name: 'Ada' })
  })

  it.each(['clientSecret', 'client_secret', 'clientAuthentication'])('takes no %s', (name) => {
    expect(() => world.open(world.phone.startApp(), { [name]: 'canary' })).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.not.stringContaining('canary'),
      }),
    )
  })

  it('sends nobody to another origin after a login', async () => {
    const auth = world.open(world.phone.startApp())
    await expect(endOf(auth.login({ returnTo: 'https://evil.example/' }))).resolves.toBe(
      'return_to_not_same_origin',
    )
    await expect(endOf(auth.login({ returnTo: '//evil.example/' }))).resolves.toBe(
      'return_to_not_same_origin',
    )
    expect(world.phone.visits).toHaveLength(0)
  })

  it('does nothing when it is only constructed', async () => {
    world.open(world.phone.startApp())
    await nextTurn()
    expect(world.phone.operations).toEqual([])
    expect(world.requests).toEqual([])
  })

  it('never begins a login without PKCE: without WebCrypto it is refused', async () => {
    const { subtle } = crypto
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true })
    try {
      const auth = world.open(world.phone.startApp())
      await expect(endOf(auth.login())).resolves.toBe('crypto_missing')
      await expect(endOf(auth.start())).resolves.toBe('crypto_missing')
    } finally {
      Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true })
    }
    expect(world.phone.visits).toHaveLength(0)
    expect(world.requests).toEqual([])
  })
})
