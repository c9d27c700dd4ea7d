import { describe, expect, it, vi } from 'vitest'
import { createBffAuth } from './create-bff-auth.ts'
import { ada, createFakeBff, redirected, refuseSession } from './fake-bff.test-support.ts'
import { openPage } from './fake-browser.test-support.ts'

const logIn = async () => {
  const page = openPage()
  const bff = createFakeBff()
  bff.session = ada
  const auth = createBffAuth({ runtime: bff })
  await auth.start()
  return { page, bff, auth, lastCall: () => bff.calls.at(-1) }
}

describe('fetch', () => {
  it.each([
    ['https://api.example', '/auth/api/orders/'],
    ['https://api.example/orders?status=open', '/auth/api/orders/orders?status=open'],
    ['https://API.example:443/a/../orders', '/auth/api/orders/orders'],
    ['https://api.example/v2', '/auth/api/second'],
    ['https://api.example/v2?page=2', '/auth/api/second?page=2'],
    ['https://api.example/v2/orders', '/auth/api/second/orders'],
    ['https://api.example/v20', '/auth/api/orders/v20'],
    ['https://api.example//evil.example', '/auth/api/orders//evil.example'],
  ])('of %s goes to %s', async (url, path) => {
    const { auth, lastCall } = await logIn()
    await auth.fetch(url)
    expect(lastCall()?.path).toBe(path)
    expect(lastCall()?.init).toMatchObject({
      mode: 'same-origin',
      credentials: 'same-origin',
      redirect: 'manual',
    })
  })

  it.each([
    'https://other.example/',
    'https://api.example.evil.example/',
    'http://api.example/',
    'https://api.example:8443/',
    'https://app.example/auth/api/orders/',
  ])('of %s, which the BFF has not declared, is refused', async (url) => {
    const { auth, bff } = await logIn()
    await expect(auth.fetch(`${url}?q=canary`)).rejects.toMatchObject({
      code: 'api_not_declared',
      message: expect.not.stringContaining('canary'),
    })
    expect(bff.calls).toHaveLength(1)
  })

  it('asks the BFF for its APIs where that has not been done yet', async () => {
    openPage()
    const bff = createFakeBff()
    bff.session = ada
    const auth = createBffAuth({ runtime: bff })
    await auth.fetch('https://api.example/orders')
    expect(bff.calls.map(({ path }) => path)).toEqual(['/auth/session', '/auth/api/orders/orders'])
    expect(auth.session.status).toBe('authenticated')
  })

  it.each([
    [
      'an address and options',
      ['https://api.example/orders', { method: 'PUT', body: 'two', headers: { 'if-match': 'x' } }],
    ],
    [
      'a URL',
      [new URL('https://api.example/orders'), { method: 'PUT', body: 'two', headers: { 'if-match': 'x' } }],
    ],
    [
      'a request',
      [
        new Request('https://api.example/orders', {
          method: 'PUT',
          body: 'two',
          headers: { 'if-match': 'x' },
        }),
      ],
    ],
    [
      'a request with options',
      [
        new Request('https://api.example/orders', { headers: { 'if-match': 'x' } }),
        { method: 'PUT', body: 'two' },
      ],
    ],
  ] as const)('takes %s, and leaves out nothing', async (_, [input, init]) => {
    const { auth, lastCall } = await logIn()
    await auth.fetch(input, init)
    const { init: sent, headers, path } = lastCall() ?? {}
    expect(path).toBe('/auth/api/orders/orders')
    expect(sent?.method).toBe('PUT')
    expect(await new Response(sent?.body).text()).toBe('two')
    expect(headers?.get('if-match')).toBe('x')
    expect(headers?.get('content-type')).toMatch(/^text\/plain/)
  })

  it('sends a form with its boundary, and a GET without a body', async () => {
    const { auth, lastCall } = await logIn()
    const body = new FormData()
    body.set('name', 'value')
    await auth.fetch('https://api.example/', { method: 'POST', body })
    const boundary = /boundary=(.+)/.exec(lastCall()?.headers.get('content-type') ?? '')?.[1]
    expect(await new Response(lastCall()?.init.body).text()).toContain(`--${boundary}`)
    await auth.fetch('https://api.example/', { credentials: 'omit', mode: 'cors', redirect: 'follow' })
    expect(lastCall()?.init).toMatchObject({ body: null, credentials: 'same-origin', redirect: 'manual' })
  })

  it('hands on what an API answers, its own refusal included', async () => {
    const { auth, bff } = await logIn()
    const challenge = { 'www-authenticate': 'Bearer error="insufficient_user_authentication"' }
    bff.instead = () => Response.json({ error: 'login_required' }, { status: 401, headers: challenge })
    const response = await auth.fetch('https://api.example/')
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe(challenge['www-authenticate'])
    expect(auth.session.status).toBe('authenticated')
  })

  it('follows no redirect', async () => {
    const { auth, bff } = await logIn()
    bff.instead = redirected
    await expect(auth.fetch('https://api.example/a?q=canary')).rejects.toMatchObject({
      code: 'redirected',
      message: expect.not.stringContaining('canary'),
    })
  })

  it('tells a failed network', async () => {
    const { auth, bff } = await logIn()
    bff.instead = () => {
      throw new TypeError('Failed to fetch')
    }
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({
      name: 'TransportError',
      code: 'network_failed',
      message: expect.not.stringContaining('Failed to fetch'),
    })
  })

  it('gives the caller’s own abort back as it is', async () => {
    const { auth, bff } = await logIn()
    bff.instead = ({ init }) => Promise.reject(init.signal?.reason)
    const reason = new Error('enough')
    const call = auth.fetch('https://api.example/', { signal: AbortSignal.abort(reason) })
    await expect(call).rejects.toBe(reason)
  })
})

describe('a call for which the BFF has no session', () => {
  it.each([
    ['login_required', { status: 'anonymous' }],
    ['session_expired', { status: 'expired', claims: ada.claims }],
  ])('is told as %s, and the session is shown as it is', async (code, session) => {
    const { auth, bff } = await logIn()
    bff.session = { status: 'anonymous' }
    bff.instead = ({ path }) => (path === '/auth/session' ? undefined : refuseSession(code))
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({
      name: 'SessionError',
      code,
      sessionSurvives: false,
    })
    expect(auth.session).toEqual(session)
  })

  it('tells the other tabs, who then know why', async () => {
    const { page, auth, bff } = await logIn()
    const other = createBffAuth({ runtime: bff })
    await other.start()
    bff.session = { status: 'anonymous' }
    bff.instead = ({ path }) => (path === '/auth/session' ? undefined : refuseSession('session_expired'))
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({ code: 'session_expired' })
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({ code: 'session_expired' })
    expect(page.heard).toEqual([true])
    page.hear(true)
    await vi.waitFor(() => expect(other.session.status).toBe('expired'))
    page.hear(undefined)
    const asked = bff.asked()
    await vi.waitFor(() => expect(bff.asked()).toBeGreaterThan(asked))
    expect(other.session).toEqual({ status: 'expired', claims: ada.claims })
  })

  it('asks once or twice, however many calls there were at once', async () => {
    const { auth, bff } = await logIn()
    bff.session = { status: 'anonymous' }
    const calls = Array.from({ length: 20 }, () => auth.fetch('https://api.example/'))
    const codes = (await Promise.allSettled(calls)).map(
      (call) => call.status === 'rejected' && call.reason.code,
    )
    expect(new Set(codes)).toEqual(new Set(['login_required']))
    expect(bff.asked()).toBeLessThanOrEqual(3)
  })

  it('does not log out somebody who has logged in elsewhere meanwhile', async () => {
    const { auth, bff } = await logIn()
    bff.instead = ({ path }) => (path === '/auth/session' ? undefined : refuseSession('login_required'))
    await expect(auth.fetch('https://api.example/')).rejects.toMatchObject({ code: 'login_required' })
    expect(auth.session.status).toBe('authenticated')
  })
})
