import type { UserAgent, Visit } from '@oauth-concierge/core'
import { createManualClock } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createPhone, type Phone } from '../testing/phone.test-support.ts'
import { type BridgeHost, type BridgeHostOptions, createBridgeHost } from './bridge-host.ts'
import { nativeBridge } from './native-bridge.ts'
import type { NativeBridgeOptions } from './bridge-port.ts'

const page = 'https://app.example.com/orders?page=2'
const redirectUri = 'com.example.app:/callback'
const goodbye = 'com.example.app:/goodbye'
const authorizeUrl = `https://id.example/authorize?client_id=spa&redirect_uri=${encodeURIComponent(redirectUri)}&state=s1`

const visit: Visit = { state: 's1', clock: createManualClock() }

let phone: Phone
let host: BridgeHost
/** What crossed the bridge, both ways. */
let crossed: string[]

function createHost(options: Partial<BridgeHostOptions> = {}): BridgeHost {
  return createBridgeHost({
    shell: phone.startApp(),
    pages: ['https://app.example.com', 'capacitor://localhost'],
    authorizationServers: ['https://id.example'],
    redirectUri,
    postLogoutRedirectUri: goodbye,
    clock: { wallTime: () => 0, monotonicTime: () => 0, sleep: async () => undefined },
    ...options,
  })
}

/** A page at `url` in a web view of the app. */
function createPage(url = page): UserAgent {
  const listeners = new Set<(message: unknown) => void>()
  const post = async (message: string): Promise<void> => {
    crossed.push(message)
    const reply = await host.receive({ data: message, url })
    if (reply === undefined) return
    crossed.push(reply)
    for (const listener of listeners) listener(reply)
  }
  return nativeBridge({
    port: {
      post: (message) => void post(message),
      listen: (listener) => {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
  })
}

const opened = (): Promise<Phone['visits'][number]> =>
  vi.waitFor(() => {
    const visit = phone.visits.at(-1)
    if (!visit) throw new Error('not yet')
    return visit
  })

beforeEach(() => {
  phone = createPhone()
  host = createHost()
  crossed = []
})

describe('a page in an app', () => {
  it('has the app open the browser, and gets the parameters of the answer', async () => {
    const answer = createPage().authorize(authorizeUrl, visit)
    expect(await opened()).toMatchObject({ url: authorizeUrl, redirectUri })
    await phone.openLink(`${redirectUri}?code=c1&state=s1&iss=https%3A%2F%2Fid.example`)
    expect(Object.fromEntries((await answer) ?? [])).toEqual({
      code: 'c1',
      state: 's1',
      iss: 'https://id.example',
    })
    expect(phone.dismissals).toBe(1)
  })

  it('gets the answer of a session made for logins', async () => {
    const answer = createPage('capacitor://localhost/index.html').authorize(authorizeUrl, visit)
    ;(await opened()).end({ type: 'answered', link: `${redirectUri}?code=c1&state=s1` })
    expect((await answer)?.get('code')).toBe('c1')
  })

  it('hears nothing of links that are no answer to its login', async () => {
    const answer = createPage().authorize(authorizeUrl, visit)
    await opened()
    for (const junk of ['?code=evil&state=x', '?code=evil', '?state=s1', '/deeper?code=evil&state=s1']) {
      await phone.openLink(`${redirectUri}${junk}`)
    }
    await phone.openLink(`${redirectUri}?code=c1&state=s1`)
    expect((await answer)?.get('code')).toBe('c1')
  })

  it('is told that the user closed the browser', async () => {
    const answer = createPage().authorize(authorizeUrl, visit)
    ;(await opened()).end({ type: 'dismissed' })
    await expect(answer).rejects.toMatchObject({ code: 'login_dismissed', sessionSurvives: true })
  })

  it('is told that there is no browser', async () => {
    const answer = createPage().authorize(authorizeUrl, visit)
    ;(await opened()).fail(new Error('canary'))
    await expect(answer).rejects.toMatchObject({
      code: 'user_agent_failed',
      message: expect.not.stringContaining('canary'),
    })
  })

  it('has the app visit the logout page, without the ID token', async () => {
    const parameters = {
      client_id: 'spa',
      id_token_hint: 'canary',
      post_logout_redirect_uri: goodbye,
      state: 's2',
    }
    const done = createPage().endSession('https://id.example/logout', parameters)
    const { url } = await opened()
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      client_id: 'spa',
      post_logout_redirect_uri: goodbye,
      state: 's2',
    })
    await phone.openLink(`${goodbye}?state=s2`)
    await done
    expect(crossed.join()).not.toContain('canary')
  })

  it('is content with a logout page that the user closes', async () => {
    const done = createPage().endSession('https://id.example/logout', { post_logout_redirect_uri: goodbye })
    ;(await opened()).end({ type: 'dismissed' })
    await expect(done).resolves.toBeUndefined()
  })
})

describe('the app', () => {
  const request = (members: object): string =>
    JSON.stringify({ 'concierge-bridge': { id: 'i1', ...members } })
  const authorize = request({ ask: 'authorize', url: authorizeUrl })

  it.each([
    'https://evil.example/',
    'https://app.example.com.evil.example/',
    'http://app.example.com/',
    'https://app.example.com:8443/',
    'capacitor://evil/',
    'data:text/html,x',
    'about:blank',
    '',
  ])('does not hear a page at %j', async (url) => {
    await expect(host.receive({ data: authorize, url })).resolves.toBeUndefined()
    expect(phone.visits).toHaveLength(0)
  })

  it.each(['', 'null', '7', '{"type":"hello"}', request({ ask: 'tokens' }), request({})])(
    'has no answer to %j',
    async (data) => {
      await expect(host.receive({ data, url: page })).resolves.toBeUndefined()
    },
  )

  it.each([
    'https://evil.example/authorize?state=s1',
    'javascript:alert(1)',
    'http://id.example/authorize',
    `https://id.example/authorize?state=s1&redirect_uri=https%3A%2F%2Fevil.example%2F`,
    7,
    undefined,
  ])('opens no %j', async (url) => {
    const reply = await host.receive({ data: request({ ask: 'authorize', url }), url: page })
    expect(reply).toContain('invalid_configuration')
    expect(phone.visits).toHaveLength(0)
  })

  it('sends nobody elsewhere after a logout', async () => {
    const parameters = { post_logout_redirect_uri: 'https://evil.example/' }
    const data = request({ ask: 'endSession', endpoint: 'https://id.example/logout', parameters })
    expect(await host.receive({ data, url: page })).toContain('invalid_configuration')
    expect(phone.visits).toHaveLength(0)
  })

  it('is no place for a redirect URI that is anybody’s', () => {
    expect(() => createHost({ redirectUri: 'myapp://callback' })).toThrow(/anybody/)
  })
})

describe('messages of others', () => {
  interface Heard {
    dispatch(message: Partial<MessageEvent<unknown>>): void
    readonly posted: { message: string; origin?: string }[]
    readonly parent: object
  }

  /** A window as far as the bridge looks at one. */
  function stubWindow(inFrame: boolean): Heard {
    const listeners = new Set<(event: unknown) => void>()
    const posted: Heard['posted'] = []
    const target = {
      addEventListener: (_: string, listener: (event: unknown) => void) => void listeners.add(listener),
      removeEventListener: (_: string, listener: (event: unknown) => void) => void listeners.delete(listener),
    }
    const parent = { postMessage: (message: string, origin: string) => void posted.push({ message, origin }) }
    vi.stubGlobal('window', { ...target, parent })
    vi.stubGlobal('document', { ...target })
    if (!inFrame)
      vi.stubGlobal('ReactNativeWebView', { postMessage: (message: string) => void posted.push({ message }) })
    return {
      posted,
      parent,
      dispatch: (message) => {
        for (const listener of listeners) listener(message)
      },
    }
  }

  const answerTo = (message: string): string => {
    const { id } = (JSON.parse(message) as Record<string, { id: string }>)['concierge-bridge'] ?? { id: '' }
    return JSON.stringify({ 'concierge-bridge': { id, value: [['code', 'c1']] } })
  }

  async function ask(
    inFrame: boolean,
    options: NativeBridgeOptions,
    forgery: (heard: Heard) => object,
    real: (heard: Heard) => object,
  ) {
    const heard = stubWindow(inFrame)
    try {
      const settled = vi.fn<() => void>()
      const answer = nativeBridge(options).authorize(authorizeUrl, visit)
      void answer.then(settled, settled)
      await vi.waitFor(() => expect(heard.posted).toHaveLength(1))
      const data = answerTo(heard.posted[0]?.message ?? '')
      heard.dispatch({ data, ...forgery(heard) })
      await new Promise((resolve) => setImmediate(resolve))
      expect(settled).not.toHaveBeenCalled()
      heard.dispatch({ data, ...real(heard) })
      expect((await answer)?.get('code')).toBe('c1')
      return heard
    } finally {
      vi.unstubAllGlobals()
    }
  }

  it('from a frame inside the page are not the app’s', async () => {
    await ask(
      false,
      {},
      () => ({ source: {}, origin: 'https://evil.example' }),
      () => ({ source: null, origin: '' }),
    )
  })

  it('from another origin or another window are not the parent’s, and the parent is asked by its origin', async () => {
    const shellOrigin = 'capacitor://localhost'
    const heard = await ask(
      true,
      { shellOrigin },
      ({ parent }) => ({ source: parent, origin: 'https://evil.example' }),
      ({ parent }) => ({ source: parent, origin: shellOrigin }),
    )
    expect(heard.posted[0]?.origin).toBe(shellOrigin)
    await ask(
      true,
      { shellOrigin },
      () => ({ source: {}, origin: shellOrigin }),
      ({ parent }) => ({ source: parent, origin: shellOrigin }),
    )
  })

  it.each([undefined, '*'])(
    'are not listened to where the parent may be anybody (%s)',
    async (shellOrigin) => {
      stubWindow(true)
      try {
        const options = shellOrigin === undefined ? {} : { shellOrigin }
        await expect(nativeBridge(options).authorize(authorizeUrl, visit)).rejects.toMatchObject({
          code: 'invalid_configuration',
        })
      } finally {
        vi.unstubAllGlobals()
      }
    },
  )

  it('cannot be had without an app', async () => {
    await expect(nativeBridge().authorize(authorizeUrl, visit)).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
  })
})
