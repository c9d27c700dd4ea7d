import { completeRuntime, type Runtime } from '@oauth-concierge/core'
import {
  createManualClock,
  createScriptedHttp,
  json,
  type ManualClock,
  type ScriptedHttp,
} from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Engine } from '../engine.ts'
import { createDiary } from '../events.ts'
import type { WorkerClient } from './protocol.ts'
import { createRemoteEngine } from './remote-engine.ts'
import { createEngineHost } from './serve-engines.ts'

const issuer = 'https://id.example'
const api = 'https://api.example'
const redirectUri = 'https://app.example/'
const client: WorkerClient = { issuer, clientId: 'spa', scope: 'orders', keep: 'memory' }

let clock: ManualClock
let network: ScriptedHttp
let runtime: Partial<Runtime>
let sent: unknown[]
let wires: MessagePort[]
let connect: (wire: MessagePort) => void
let reconnect: () => Promise<MessagePort | undefined>

beforeEach(() => {
  clock = createManualClock()
  network = createScriptedHttp()
  runtime = { clock, http: network.http }
  sent = []
  wires = []
  connect = createEngineHost({ runtime })
  reconnect = async () => undefined
  let issued = 0
  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      end_session_endpoint: `${issuer}/logout`,
    }),
  )
  network.on(`${issuer}/token`, () => {
    issued += 1
    const tokens = { access_token: `access-${issued}`, refresh_token: `canary-refresh-${issued}` }
    return json({ ...tokens, token_type: 'Bearer', expires_in: 3_600 })
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
  wires.forEach((wire) => wire.close())
})

/** A page of the worker; everything that it is sent is kept. */
function openPage(
  as: WorkerClient = client,
  diary = createDiary(completeRuntime(runtime)),
  connectAnother = () => reconnect(),
): Engine {
  const wire = newWire(connect, as)
  return createRemoteEngine(wire, {
    runtime: completeRuntime(runtime),
    diary,
    connect: connectAnother,
    apis: [api],
  })
}

/** A wire to a worker that has the client open. */
function newWire(connect: (wire: MessagePort) => void, as: WorkerClient = client): MessagePort {
  const { port1, port2 } = new MessageChannel()
  wires.push(port1, port2)
  connect(port2)
  port1.addEventListener('message', ({ data }) => sent.push(data))
  port1.start()
  port1.postMessage({ open: as })
  return port1
}

async function logIn(engine: Engine): Promise<void> {
  const { state } = await engine.startLogin({ redirectUri })
  await engine.finishLogin(new URLSearchParams({ code: 'canary-code', state }))
}

const tokenRequests = (): readonly string[] =>
  network.requests.filter(({ url }) => url === `${issuer}/token`).map(({ body }) => String(body))

describe('a session that a worker has', () => {
  it('is shown to every page, and its access token is lent', async () => {
    const pages = [openPage(), openPage()] as const
    await Promise.all(pages.map((page) => page.restore()))
    expect(pages[1].session.status).toBe('anonymous')
    await logIn(pages[0])
    await vi.waitFor(() => expect(pages[1].session.status).toBe('authenticated'))
    await expect(pages[1].getAccessToken()).resolves.toBe('access-1')
  })

  it('never gives a page the refresh token, the code verifier or the whole answer', async () => {
    const page = openPage()
    await logIn(page)
    await page.getAccessToken()
    await clock.advance(3_600)
    await page.getAccessToken()
    await page.endSession({})
    const verifier = new URLSearchParams(tokenRequests()[0]).get('code_verifier') ?? 'none'
    expect(JSON.stringify(sent)).toContain('access-2')
    expect(JSON.stringify(sent)).not.toContain('canary')
    expect(JSON.stringify(sent)).not.toContain(verifier)
  })

  it('lends what is fresh once: the page asks again when it is due', async () => {
    const page = openPage()
    await logIn(page)
    await page.getAccessToken()
    const before = sent.length
    await Promise.all(Array.from({ length: 100 }, () => page.getAccessToken()))
    expect(sent).toHaveLength(before)
    await clock.advance(3_600)
    await expect(page.getAccessToken()).resolves.toBe('access-2')
  })

  it('takes back what it lent when it ends, also from a page whose application fails at the news', async () => {
    const thrown: unknown[] = []
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task()
      } catch (error) {
        thrown.push(error)
      }
    })
    const page = openPage()
    await logIn(page)
    const fault = new Error('of the application')
    page.subscribe(() => {
      throw fault
    })
    const orders = page.for('https://orders.example')
    await expect(orders.getAccessToken()).resolves.toBe('access-2')
    await openPage().endSession({})
    await vi.waitFor(() => expect(page.session.status).toBe('anonymous'))
    await expect(orders.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
    expect(thrown).toContain(fault)
  })

  it('is renewed once for any number of pages', async () => {
    const pages = Array.from({ length: 10 }, () => openPage())
    await logIn(pages[0] as Engine)
    await clock.advance(3_600)
    const tokens = await Promise.all(pages.map((page) => page.getAccessToken()))
    expect(new Set(tokens)).toEqual(new Set(['access-2']))
    expect(tokenRequests()).toHaveLength(2)
  })

  it('goes on when the page that asked for a renewal is gone', async () => {
    const pages = [openPage(), openPage()] as const
    await logIn(pages[0])
    await clock.advance(3_600)
    let answer = (): void => undefined
    network.on(`${issuer}/token`, async () => {
      await new Promise<void>((resolve) => (answer = resolve))
      return json({ access_token: 'access-9', refresh_token: 'r-9', token_type: 'Bearer', expires_in: 3_600 })
    })
    void pages[0].getAccessToken().catch(() => undefined)
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(2))
    wires[0]?.close()
    answer()
    await expect(pages[1].getAccessToken()).resolves.toBe('access-9')
    expect(tokenRequests()).toHaveLength(2)
  })

  it('calls an API with the token, and with another one where that is refused', async () => {
    const page = openPage()
    await logIn(page)
    network.on(`${api}/orders`, ({ headers }) =>
      headers.get('authorization') === 'Bearer access-2'
        ? json({ orders: [] })
        : new Response(null, {
            status: 401,
            headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
          }),
    )
    await expect((await page.fetch(`${api}/orders`)).json()).resolves.toEqual({ orders: [] })
    await expect(page.fetch('https://elsewhere.example/')).rejects.toMatchObject({ code: 'api_not_declared' })
  })

  it('fails with errors that are what they were', async () => {
    const page = openPage()
    await page.restore()
    await expect(page.getAccessToken()).rejects.toMatchObject({
      name: 'SessionError',
      code: 'login_required',
      sessionSurvives: false,
    })
    await logIn(page)
    await clock.advance(3_600)
    network.on(`${issuer}/token`, () => json({ error: 'invalid_grant' }, { status: 400 }))
    await expect(page.getAccessToken()).rejects.toMatchObject({ code: 'session_expired' })
    expect(page.session.status).toBe('expired')
  })

  it('is not given to whoever names another address for its tokens', async () => {
    const page = openPage()
    await logIn(page)
    const thief = openPage({ ...client, metadata: { token_endpoint: 'https://evil.example/token' } })
    await thief.restore()
    expect(thief.session.status).toBe('anonymous')
    await expect(thief.getAccessToken()).rejects.toMatchObject({ code: 'login_required' })
  })

  it('tells pages what the worker did, for their timelines', async () => {
    const page = openPage()
    await logIn(page)
    const events = sent.flatMap((message) => (message as { event?: { name: string } }).event ?? [])
    expect(events).toContainEqual(
      expect.objectContaining({
        name: 'request',
        inWorker: true,
        detail: { method: 'POST', url: `${issuer}/token`, status: 200 },
      }),
    )
  })

  it('tells every page once where it cannot keep tokens as it was asked to, whenever the page came', async () => {
    const told = async (): Promise<readonly unknown[]> => {
      const diary = createDiary(completeRuntime(runtime))
      // There is no IndexedDB here.
      const page = openPage({ ...client, keep: 'encrypted' }, diary)
      await page.startLogin({ redirectUri })
      await page.restore()
      return diary.read().filter(({ name }) => name === 'degraded')
    }
    const event = { inWorker: true, detail: { tokenStore: 'encrypted', message: expect.any(String) } }
    expect(await told()).toEqual([expect.objectContaining(event)])
    expect(await told()).toEqual([expect.objectContaining(event)])
  })

  it('is not told to a page that is gone, and the worker forgets that page', async () => {
    const gone = Object.assign(new EventTarget(), { postMessage: vi.fn() })
    connect(gone as unknown as MessagePort)
    gone.dispatchEvent(new MessageEvent('message', { data: { open: client } }))
    const states = (): readonly unknown[] =>
      gone.postMessage.mock.calls.filter(([message]) => 'state' in message)
    expect(states()).toHaveLength(1)
    gone.dispatchEvent(new Event('close'))
    await logIn(openPage())
    expect(states()).toHaveLength(1)
  })

  it('is missed after a minute where the worker says nothing', async () => {
    const page = openPage()
    await page.restore()
    network.on(`${issuer}/.well-known/openid-configuration`, () => new Promise(() => undefined))
    const call = page.startLogin({ redirectUri })
    const missed = expect(call).rejects.toMatchObject({ code: 'timed_out', sessionSurvives: true })
    await clock.advance(60)
    await missed
  })

  it('is looked for in another worker where the one that had it dies, for the call under way as well', async () => {
    const page = openPage()
    await logIn(page)
    await clock.advance(3_600)
    network.on(`${issuer}/token`, () => new Promise(() => undefined))
    const call = page.getAccessToken()
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(2))
    reconnect = async () => newWire(createEngineHost({ runtime }))
    wires[1]?.close()
    await expect(call).rejects.toMatchObject({ code: 'login_required' })
    await vi.waitFor(() => expect(page.session.status).toBe('anonymous'))
    await expect(page.restore()).resolves.toEqual({ status: 'anonymous' })
  })

  it('is watched over again by a page that comes back from the back-forward cache', async () => {
    const shown = new EventTarget()
    vi.stubGlobal('addEventListener', shown.addEventListener.bind(shown))
    const watches: { readonly free: () => void; readonly abort: (reason: Error) => void }[] = []
    const request = (_: string, ...[first, second]: unknown[]): Promise<unknown> =>
      second === undefined
        ? (first as () => Promise<unknown>)()
        : new Promise<void>((free, abort) => watches.push({ free, abort }))
    vi.stubGlobal('navigator', { locks: { request } })
    connect = createEngineHost({ runtime })
    const connectAnother = vi.fn(async () => undefined)
    openPage(client, undefined, connectAnother)
    await vi.waitFor(() => expect(watches).toHaveLength(1))
    watches[0]?.abort(new DOMException('The browsing context is going away.', 'AbortError'))
    await vi.waitFor(() => {
      shown.dispatchEvent(new Event('pageshow'))
      expect(watches).toHaveLength(2)
    })
    expect(connectAnother).not.toHaveBeenCalled()
    watches[1]?.free()
    await vi.waitFor(() => expect(connectAnother).toHaveBeenCalledTimes(1))
  })

  it('fails at once where no other worker can be had', async () => {
    const page = openPage()
    await logIn(page)
    await clock.advance(3_600)
    network.on(`${issuer}/token`, () => new Promise(() => undefined))
    const call = page.getAccessToken()
    await vi.waitFor(() => expect(tokenRequests()).toHaveLength(2))
    wires[1]?.close()
    await expect(call).rejects.toMatchObject({ code: 'timed_out' })
  })
})
