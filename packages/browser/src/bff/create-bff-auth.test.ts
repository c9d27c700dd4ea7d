import { describe, expect, it, vi } from 'vitest'
import { createBffAuth } from './create-bff-auth.ts'
import { ada, createFakeBff, redirected } from './fake-bff.test-support.ts'
import { openPage, origin } from './fake-browser.test-support.ts'

const start = () => {
  const page = openPage('/orders?status=open#first')
  const bff = createFakeBff()
  return { page, bff, auth: createBffAuth({ runtime: bff }) }
}

describe('a BFF client outside a browser', () => {
  it('constructs, and shows a session that is being restored', () => {
    const auth = createBffAuth()
    expect(auth.session).toEqual({ status: 'restoring' })
    expect(auth.subscribe(() => undefined)).toBeTypeOf('function')
  })

  it.each(['start', 'login', 'logout'] as const)('refuses %s, and opens no channel', async (method) => {
    const channel = vi.spyOn(globalThis, 'BroadcastChannel')
    await expect(createBffAuth()[method]()).rejects.toMatchObject({ code: 'not_in_browser' })
    expect(channel).not.toHaveBeenCalled()
    channel.mockRestore()
  })

  it('refuses fetch', async () => {
    await expect(createBffAuth().fetch('https://api.example/')).rejects.toMatchObject({
      code: 'not_in_browser',
    })
  })
})

describe('start', () => {
  it('shows who is logged in, by one request that only this origin can make', async () => {
    const { bff, auth } = start()
    bff.session = ada
    expect(await auth.start()).toEqual({})
    expect(auth.session).toEqual({
      status: 'authenticated',
      claims: ada.claims,
      scope: ada.scope,
      expiresAt: ada.expiresAt,
    })
    expect(auth.session).not.toHaveProperty('logout')
    expect(bff.calls).toHaveLength(1)
    expect(bff.calls[0]?.init).toMatchObject({
      mode: 'same-origin',
      credentials: 'same-origin',
      redirect: 'manual',
    })
  })

  it('shows a snapshot that nobody can change, down to its claims', async () => {
    const { bff, auth } = start()
    bff.session = ada
    await auth.start()
    const { session } = auth
    if (session.status !== 'authenticated') throw new Error(session.status)
    expect(Object.isFrozen(session)).toBe(true)
    expect(Object.isFrozen(session.scope)).toBe(true)
    expect(Object.isFrozen(session.claims?.['address'])).toBe(true)
  })

  it.each([200, 401])('takes an anonymous answer with status %i', async (status) => {
    const { bff, auth } = start()
    bff.instead = () => Response.json({ status: 'anonymous', apis: {} }, { status })
    await auth.start()
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it('shows a session that has ended, and no null', async () => {
    const { bff, auth } = start()
    bff.session = { status: 'expired', claims: null }
    await auth.start()
    expect(auth.session).toEqual({ status: 'expired' })
  })

  it('shares one answer among those who call it twice', async () => {
    const { bff, auth } = start()
    const [first, second] = [auth.start(), auth.start()]
    expect(first).toBe(second)
    await first
    expect(auth.start()).toBe(first)
    expect(bff.asked()).toBe(1)
  })

  it('keeps the snapshot, and is silent, where nothing has changed', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    await auth.start()
    const { session } = auth
    const listener = vi.fn<() => void>()
    auth.subscribe(listener)
    page.hear(undefined)
    await vi.waitFor(() => expect(bff.asked()).toBe(2))
    await auth.fetch('https://api.example/')
    expect(auth.session).toBe(session)
    expect(listener).not.toHaveBeenCalled()
  })
})

describe('a BFF that cannot be had at the start', () => {
  const html = () => new Response('<p>Welcome to our Wi-Fi</p>', { status: 200 })
  const faults: Record<string, () => Response> = {
    network_failed: () => {
      throw new TypeError('Failed to fetch')
    },
    redirected,
    unexpected_response: html,
  }

  it.each(Object.entries(faults))('is told as %s, and the next call asks again', async (code, fault) => {
    const { bff, auth } = start()
    bff.instead = fault
    const error = await auth.start().catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'TransportError', code, sessionSurvives: true })
    expect(String(error)).toContain(`${origin}/auth/session`)
    expect(String(error)).not.toMatch(/Failed to fetch|Wi-Fi/)
    expect(auth.session).toEqual({ status: 'restoring' })
    bff.instead = () => undefined
    await auth.start()
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it.each([
    [429, 'server_unavailable', true],
    [500, 'server_unavailable', true],
    [503, 'server_unavailable', true],
    [403, 'unexpected_response', false],
    [404, 'unexpected_response', false],
  ])('and answers with %i is told as %s', async (status, code, retryable) => {
    const { bff, auth } = start()
    bff.instead = () => Response.json({ error: 'csrf' }, { status })
    await expect(auth.start()).rejects.toMatchObject({ code, status, retryable })
  })

  it('is told as offline where the device is', async () => {
    const { bff, auth } = start()
    vi.stubGlobal('navigator', { onLine: false })
    bff.instead = faults['network_failed'] as () => Response
    await expect(auth.start()).rejects.toMatchObject({ code: 'offline' })
  })

  it('is told as timed out where nothing comes for 10 seconds', async () => {
    const { bff, auth } = start()
    const deadline = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal)
    bff.instead = ({ init }) =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    const starting = auth.start()
    await vi.waitFor(() => expect(bff.asked()).toBe(1))
    expect(timeout).toHaveBeenCalledWith(10_000)
    deadline.abort()
    await expect(starting).rejects.toMatchObject({ code: 'timed_out', retryable: true })
    timeout.mockRestore()
  })

  it('leaves the session as it was, later', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    await auth.start()
    const { session } = auth
    bff.instead = faults['network_failed'] as () => Response
    page.hear(undefined)
    await vi.waitFor(() => expect(bff.asked()).toBe(2))
    expect(auth.session).toBe(session)
  })
})

describe('login', () => {
  /** The page is left, so the promise stays open. */
  const login = async (
    { auth, page }: ReturnType<typeof start>,
    options?: Parameters<typeof auth.login>[0],
  ): Promise<URL> => {
    void auth.login(options)
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    return new URL(page.visited[0] ?? '')
  }

  it('goes to the BFF with the place where the user is', async () => {
    const { origin, pathname, search } = await login(start())
    expect(origin + pathname).toBe('https://app.example/auth/login')
    expect(new URLSearchParams(search).get('return_to')).toBe('/orders?status=open#first')
  })

  it('tells the BFF what was asked for, under the names of the protocol', async () => {
    const options = {
      returnTo: 'https://app.example/cart',
      prompt: 'login',
      loginHint: 'ada@example.com',
      uiLocales: ['de', 'en'],
      acrValues: ['gold', 'silver'],
      maxAge: 0,
      scope: undefined,
    }
    const { searchParams } = await login(start(), options)
    expect(Object.fromEntries(searchParams)).toEqual({
      return_to: '/cart',
      prompt: 'login',
      login_hint: 'ada@example.com',
      ui_locales: 'de en',
      acr_values: 'gold silver',
      max_age: '0',
    })
  })

  it.each(['scope', 'authorizationDetails', 'extraParameters'])(
    'refuses %s, which is the BFF’s own',
    async (name) => {
      const { page, auth } = start()
      await expect(auth.login({ [name]: 'x' })).rejects.toMatchObject({ code: 'invalid_configuration' })
      expect(page.visited).toEqual([])
    },
  )

  it.each([
    'https://evil.example/',
    'https://bad.example/',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'https://ada@app.example/',
    'javascript:alert(1)',
    'blob:https://app.example/1',
    'https://[',
  ])('refuses to come back to %s', async (returnTo) => {
    const { page, auth } = start()
    await expect(auth.login({ returnTo })).rejects.toMatchObject({ code: 'return_to_not_same_origin' })
    expect(page.visited).toEqual([])
  })

  it('sends what may be read in two ways in the one way that is a path of this origin', async () => {
    const { searchParams } = await login(start(), { returnTo: 'https:evil.example' })
    expect(searchParams.get('return_to')).toBe('/evil.example')
  })

  it('stays on the page where the BFF cannot be reached', async () => {
    const { page, bff, auth } = start()
    bff.instead = () => new Response('Bad gateway', { status: 502 })
    await expect(auth.login()).rejects.toMatchObject({ code: 'server_unavailable' })
    expect(page.visited).toEqual([])
  })

  it('settles when the back button brings the page back', async () => {
    const { page, auth } = start()
    const settled = vi.fn<() => void>()
    void auth.login().then(settled)
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    page.fire('pageshow', { persisted: false })
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).not.toHaveBeenCalled()
    page.fire('pageshow', { persisted: true })
    await vi.waitFor(() => expect(settled).toHaveBeenCalledOnce())
  })
})

describe('a login that is finished', () => {
  /** The next page of the same tab. */
  const comeBack = (bff: ReturnType<typeof createFakeBff>) => createBffAuth({ runtime: bff })
  const options = { returnTo: '/cart', appState: { from: 'menu' } }

  const leave = async () => {
    const parts = start()
    void parts.auth.login(options)
    await vi.waitFor(() => expect(parts.page.visited).toHaveLength(1))
    return parts
  }

  it('gives back, once, what it was started with, and tells the other tabs', async () => {
    const { page, bff } = await leave()
    bff.session = ada
    expect(await comeBack(bff).start()).toEqual(options)
    expect(page.heard).toEqual([undefined])
    expect(await comeBack(bff).start()).toEqual({})
    expect(page.heard).toHaveLength(1)
  })

  it('is not taken for finished while the user comes back without one', async () => {
    const { page, bff } = await leave()
    expect(await comeBack(bff).start()).toEqual({})
    bff.session = ada
    expect(await comeBack(bff).start()).toEqual(options)
    expect(page.heard).toHaveLength(1)
  })

  it('on top of a session is told from the session before it', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    void auth.login(options)
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    expect(await comeBack(bff).start()).toEqual({})
    bff.session = { ...ada, logout: 'nonce-2' }
    expect(await comeBack(bff).start()).toEqual(options)
  })

  it('gives nothing back after a logout', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    void auth.login(options)
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    bff.session = { status: 'anonymous' }
    expect(await comeBack(bff).start()).toEqual({})
  })

  it('works without storage, and gives nothing back', async () => {
    const { page, bff, auth } = start()
    const blocked = new Proxy({}, { get: denied, set: denied })
    vi.stubGlobal('sessionStorage', blocked)
    void auth.login(options)
    await vi.waitFor(() => expect(page.visited).toHaveLength(1))
    bff.session = ada
    expect(await comeBack(bff).start()).toEqual({})
  })

  it('takes no note of what is not its own', async () => {
    const { bff, auth } = start()
    vi.stubGlobal('sessionStorage', { 'concierge:/auth': '{"truncat' })
    bff.session = ada
    expect(await auth.start()).toEqual({})
  })

  const denied = (): never => {
    throw new DOMException('Denied', 'SecurityError')
  }
})

describe('logout', () => {
  it('sends the nonce of the session as it is now, by a form', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    await auth.start()
    bff.session = { ...ada, logout: 'nonce-2' }
    void auth.logout({ postLogoutRedirectUri: 'https://app.example/bye' })
    await vi.waitFor(() => expect(page.forms).toHaveLength(1))
    expect(page.forms).toEqual([
      { action: 'https://app.example/auth/logout', fields: { nonce: 'nonce-2', return_to: '/bye' } },
    ])
  })

  it('tells the other tabs when the page is left, and not before', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    await auth.start()
    void auth.logout()
    await vi.waitFor(() => expect(page.forms).toHaveLength(1))
    expect(page.heard).toEqual([])
    page.fire('pagehide')
    expect(page.heard).toEqual([undefined])
  })

  it('has nothing to do where nobody is logged in', async () => {
    const { page, auth } = start()
    await auth.logout()
    expect(page.forms).toEqual([])
    expect(auth.session).toEqual({ status: 'anonymous' })
  })

  it('comes back to this origin only', async () => {
    const { page, bff, auth } = start()
    bff.session = ada
    const elsewhere = { postLogoutRedirectUri: 'https://evil.example/' }
    await expect(auth.logout(elsewhere)).rejects.toMatchObject({ code: 'return_to_not_same_origin' })
    expect(page.forms).toEqual([])
  })

  it('fails where the BFF cannot be reached, and leaves the session as it is', async () => {
    const { bff, auth } = start()
    bff.session = ada
    await auth.start()
    bff.instead = () => new Response('Bad gateway', { status: 502 })
    await expect(auth.logout()).rejects.toMatchObject({ code: 'server_unavailable', sessionSurvives: true })
    expect(auth.session.status).toBe('authenticated')
  })
})
