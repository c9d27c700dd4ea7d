import type { MobileAuth } from '@oauth-concierge/mobile'
import { type BridgedAuth, createBridgedAuth, createSessionHost } from '@oauth-concierge/mobile/bridge'
import { beforeEach, describe, expect, it } from 'vitest'
import { api, createWorld, endOf, lastVisit, until, type World } from './app.ts'

const page = 'https://app.example.com/orders'
let world: World
let app: MobileAuth
/** What crossed the bridge, both ways. */
let crossed: string[]

beforeEach(() => {
  world = createWorld()
  app = world.open(world.phone.startApp(), { apis: [api] })
  crossed = []
})

/** A page at `url` in the app's web view. */
function openPage(
  options: { readonly url?: string; readonly unsafeHandOutAccessTokens?: boolean } = {},
): BridgedAuth {
  const { url = page, ...host } = options
  const listeners = new Set<(message: unknown) => void>()
  const session = createSessionHost({
    auth: app,
    pages: ['https://app.example.com'],
    post: (message, origin) => {
      expect(origin).toBe('https://app.example.com')
      crossed.push(message)
      for (const listener of listeners) listener(message)
    },
    ...host,
  })
  return createBridgedAuth({
    port: {
      post: (data) => {
        crossed.push(data)
        void session.receive({ data, url })
      },
      listen: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
  })
}

async function logIn(auth: BridgedAuth): Promise<void> {
  await auth.start()
  const login = auth.login({ returnTo: '/orders' })
  await lastVisit(world.phone)
  await world.phone.openLink(await world.signIn())
  await login
}

describe('a page that has its session from the app around it', () => {
  it('shows it, calls with it, and ends it, and no token crosses the bridge', async () => {
    const auth = openPage()
    let changes = 0
    auth.subscribe(() => (changes += 1))
    expect(auth.session).toEqual({ status: 'restoring' })
    await logIn(auth)
    await until(() => auth.session.status === 'authenticated')
    expect(auth.session).toEqual(app.session)
    expect(Object.isFrozen(auth.session)).toBe(true)
    const accessToken = await app.getAccessToken()
    const answer = await auth.fetch(`${api}/orders`, {
      method: 'POST',
      body: 'zwei 🎟',
      headers: { 'x-kept': 'yes' },
    })
    expect([answer.status, answer.headers.get('x-seen')]).toEqual([200, 'POST yes zwei 🎟'.length.toString()])
    const logout = auth.logout()
    ;(await lastVisit(world.phone, 2)).end({ type: 'dismissed' })
    await logout
    await until(() => auth.session.status === 'anonymous')
    expect(changes).toBeGreaterThanOrEqual(3)
    expect(crossed.join()).not.toContain(accessToken)
    expect(crossed.join()).not.toMatch(/code_verifier|refresh_token|id_token|"code"/)
  })

  it('is told what went wrong, as the error it was', async () => {
    const auth = openPage()
    await auth.start()
    await expect(auth.fetch(`${api}/orders`)).rejects.toMatchObject({
      name: 'SessionError',
      code: 'login_required',
    })
    await expect(auth.fetch('https://other.example/')).rejects.toMatchObject({
      name: 'UsageError',
      code: 'api_not_declared',
    })
    world.offline = true
    await expect(auth.login()).rejects.toMatchObject({
      name: 'TransportError',
      code: 'network_failed',
      retryable: true,
    })
  })

  it('has the access token only if the app hands it out', async () => {
    const auth = openPage()
    await logIn(auth)
    await expect(endOf(auth.getAccessToken())).resolves.toBe('not_supported_by_server')
    const trusted = openPage({ unsafeHandOutAccessTokens: true })
    await expect(trusted.getAccessToken()).resolves.toBe(await app.getAccessToken())
  })

  it('is not heard when it is somebody else’s', async () => {
    const posted: string[] = []
    const post = (message: string): void => void posted.push(message)
    const pages = ['https://app.example.com']
    const host = createSessionHost({ auth: app, pages, post, unsafeHandOutAccessTokens: true })
    for (const ask of ['start', 'login', 'logout', 'fetch', 'accessToken']) {
      await host.receive({
        data: JSON.stringify({ 'concierge-bridge': { id: 'i1', ask } }),
        url: 'https://evil.example/',
      })
    }
    await app.start()
    expect(posted).toEqual([])
    expect(world.phone.visits).toHaveLength(0)
    host.close()
  })
})
